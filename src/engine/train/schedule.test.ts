import { expect, test } from 'vitest';
import { countWarmupSteps, linearSchedule } from './schedule.ts';

test('without warm-up the first step has the full rate', () => {
  expect([0, 1, 2].map(linearSchedule(0, 2))).toEqual([1, 0.5, 0]);
});

test('warmup_ratio is rounded up, and warmup_steps go before it', () => {
  const ratio = (total: number, warmup_ratio: number) => countWarmupSteps(total, { warmup_ratio, warmup_steps: 0 });
  expect([ratio(75, 0.1), ratio(80, 0.1), ratio(5, 0)]).toEqual([8, 8, 0]);
  expect(countWarmupSteps(100, { warmup_ratio: 0.1, warmup_steps: 3 })).toBe(3);
  expect(countWarmupSteps(100, { warmup_ratio: 0.1, warmup_steps: 0.5 })).toBe(50);
});
