import { expect, it } from 'vitest';
import { documentTitle } from './use-document-title.ts';

const progress = { step: 1, epoch: 0, rowsPerSecond: null, tokensPerSecond: null, secondsLeft: null };

it('says how far a run is, and nothing between runs', () => {
  expect(documentTitle({ status: 'idle', progress: { ...progress, phase: 'train', fraction: 1 } })).toBe('Tabtune');
  expect(documentTitle({ status: 'running', progress: { ...progress, phase: 'tokenize', fraction: 0.9 } })).toBe('0 % · Tabtune');
  expect(documentTitle({ status: 'paused', progress: { ...progress, phase: 'train', fraction: 0.5 } })).toBe(
    'Paused · 50 % · Tabtune',
  );
  expect(documentTitle({ status: 'running', progress: { ...progress, phase: 'evaluate', fraction: 0.427 } })).toBe(
    '42 % · Tabtune',
  );
});
