import { describe, expect, it } from 'vitest';
import { createRandom } from '../../lib/random.ts';
import type { StepPoint } from './arguments.ts';
import { createStepSeries } from './step-series.ts';

const random = createRandom(3);
const points = (count: number): StepPoint[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ step: i + 1, epoch: (i + 1) / 10, loss: random.uniform(), learningRate: 1e-4, gradNorm: 1 },
    ...{ rows: 8 * (i + 1), tokens: 100 * (i + 1), seconds: (i + 1) / 4 },
  }));
const whole = (to: number, most: number, smoothing = 0.9) => ({ from: 1, to, most, smoothing });

describe('the steps of a run', () => {
  it('keeps every step of a short run, and gives it back as it came', () => {
    const steps = points(3000);
    const series = createStepSeries();
    series.push(steps);
    expect(series.length).toBe(3000);
    expect(series.at(2999)).toEqual(steps[2999]);
    expect(series.buckets('loss', whole(3000, 3000)).map(({ value }) => value)).toEqual(steps.map(({ loss }) => loss));
  });

  it('never gives more than it is asked for, and each is the mean of its steps', () => {
    const steps = points(9407);
    const series = createStepSeries();
    series.push(steps);
    const buckets = series.buckets('loss', whole(9407, 300));
    const width = Math.ceil(9407 / 300);
    expect(buckets.length).toBe(Math.ceil(9407 / width));
    buckets.forEach(({ step, value }, i) => {
      const losses = steps.slice(i * width, (i + 1) * width).map(({ loss }) => loss);
      expect(step).toBe(i * width + losses.length);
      expect(value).toBeCloseTo(losses.reduce((a, b) => a + b, 0) / losses.length, 10);
    });
  });

  it('smooths with the weights of a bias-corrected moving average, in a window as in the whole', () => {
    const steps = points(40);
    const series = createStepSeries();
    series.push(steps);
    const all = series.buckets('loss', whole(40, 300, 0.8));
    for (const at of [0, 1, 17, 39]) {
      const weights = steps.slice(0, at + 1).map((_, i) => 0.8 ** (at - i));
      const weighted = weights.reduce((sum, weight, i) => sum + weight * steps[i]!.loss, 0);
      expect(all[at]?.smooth).toBeCloseTo(weighted / weights.reduce((a, b) => a + b, 0), 12);
    }
    expect(series.buckets('loss', { from: 11, to: 20, most: 300, smoothing: 0.8 })).toEqual(all.slice(10, 20));
    expect(series.buckets('loss', whole(40, 300, 0)).every(({ value, smooth }) => value === smooth)).toBe(true);
  });

  it('has the speeds between the steps', () => {
    const series = createStepSeries();
    series.push(points(10));
    expect(series.buckets('rowsPerSecond', whole(10, 5)).map(({ value }) => value)).toEqual(new Array(5).fill(32));
    expect(series.buckets('tokensPerSecond', whole(10, 5)).at(-1)).toMatchObject({ step: 10, value: 400 });
  });

  it('leaves a gap for what is not finite', () => {
    const series = createStepSeries();
    const [first, second, third] = points(3) as [StepPoint, StepPoint, StepPoint];
    series.push([first, { ...second, loss: NaN }, third]);
    expect(series.buckets('loss', whole(3, 10)).map(({ step }) => step)).toEqual([1, 3]);
  });

  it('buckets 100,000 steps within a frame of 60 a second', () => {
    const series = createStepSeries();
    series.push(points(100_000));
    const times = Array.from({ length: 15 }, () => {
      const from = performance.now();
      expect(series.buckets('loss', whole(100_000, 300))).toHaveLength(300);
      return performance.now() - from;
    });
    // The best of them: what else the machine does is not meant.
    expect(Math.min(...times)).toBeLessThan(1000 / 60);
  });
});
