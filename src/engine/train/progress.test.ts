import { expect, test } from 'vitest';
import type { StepPoint } from './arguments.ts';
import { createProgressMeter, type Progress } from './progress.ts';

const point = (step: number, seconds: number): StepPoint => ({
  ...{ step, epoch: step / 10, loss: 1, learningRate: 1, gradNorm: 1 },
  ...{ rows: step * 8, tokens: step * 100, seconds },
});

test('speed and time left leave the warm-up out, and evaluations that were asked for are no planned ones', () => {
  const told: Progress[] = [];
  const steps: StepPoint[] = [];
  const meter = createProgressMeter(
    { steps: 10, rows: 80, evaluations: 2 },
    { onProgress: (progress) => told.push(progress), onSteps: (points) => steps.push(...points) },
  );
  meter.report('train', true);
  meter.trained([point(1, 5)]);
  meter.trained([point(2, 6)]);
  meter.report('train', true);
  expect(told.map(({ secondsLeft, rowsPerSecond }) => [secondsLeft, rowsPerSecond])).toEqual([
    [null, null],
    [null, null],
  ]);
  meter.trained([point(3, 7), point(4, 8)]);
  meter.report('train', true);
  expect(told.at(-1)).toMatchObject({ fraction: 0.4, rowsPerSecond: 8, tokensPerSecond: 100, secondsLeft: 6 });
  meter.addEvaluation(3, false);
  meter.report('train', true);
  expect(told.at(-1).secondsLeft).toBe(6 + 2 * 3);
  meter.addEvaluation(1, true);
  meter.report('train', true);
  expect(told.at(-1).secondsLeft).toBe(6 + 2);
  expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
});
