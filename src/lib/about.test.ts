import { expect, test } from 'vitest';
import { aboutBytes, aboutSeconds } from './about.ts';

test('durations are as round as an estimate is', () => {
  const said = [3, 12, 44, 54, 56, 89, 91, 3540, 3599, 4800, 7200, 36_100];
  expect(said.map(aboutSeconds)).toEqual([
    'a few seconds',
    'about 10 seconds',
    'about 45 seconds',
    'about 55 seconds',
    'about 1 minute',
    'about 1 minute',
    'about 2 minutes',
    'about 59 minutes',
    'about 1 hour',
    'about 1 hour 20 minutes',
    'about 2 hours',
    'about 10 hours',
  ]);
});

test('memory has two digits', () => {
  expect([300_000, 243_000_000, 997_000_000, 1_940_000_000, 22_600_000_000].map(aboutBytes)).toEqual([
    '1 MB',
    '240 MB',
    '1.0 GB',
    '1.9 GB',
    '23 GB',
  ]);
});
