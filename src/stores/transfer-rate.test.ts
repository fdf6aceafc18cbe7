import { expect, test } from 'vitest';
import { createRate } from './transfer-rate.ts';

test('is told after half a second, from the last seconds, and begins again with a file that does', () => {
  const rate = createRate();
  expect(rate(0, 0)).toBeNull();
  expect(rate(100, 400)).toBeNull();
  expect(rate(1000, 1000)).toBe(1000);
  for (let second = 2; second <= 20; second++) rate(1000 + 50 * (second - 1), second * 1000);
  expect(rate(2000, 21_000)).toBe(50);
  expect(rate(10, 21_100)).toBeNull();
  expect(rate(1010, 22_100)).toBe(1000);
});
