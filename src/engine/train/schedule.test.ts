import { expect, test } from 'vitest';
import { linearSchedule, warmupSteps } from './schedule.ts';

test("transformers' get_linear_schedule_with_warmup: 4 warm-up steps of 20", () => {
  const schedule = linearSchedule(4, 20);
  const rates = Array.from({ length: 21 }, (_, step) => 5e-3 * schedule(step));
  const expected = [0, 0.00125, 0.0025, 0.00375, 0.005, 0.0046875, 0.004375, 0.0040625, 0.00375, 0.0034375, 0.003125];
  expected.push(0.0028125, 0.0025, 0.0021875, 0.001875, 0.0015625, 0.00125, 0.0009375, 0.000625, 0.0003125, 0);
  rates.forEach((rate, step) => expect(rate).toBeCloseTo(expected[step]!, 12));
});

test('without warm-up the first step has the full rate', () => {
  expect([0, 1, 2].map(linearSchedule(0, 2))).toEqual([1, 0.5, 0]);
});

test('warmup_ratio is rounded up', () => {
  expect([warmupSteps(75, 0.1), warmupSteps(80, 0.1), warmupSteps(5, 0)]).toEqual([8, 8, 0]);
});
