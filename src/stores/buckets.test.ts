import { describe, expect, it } from 'vitest';
import { createRandom } from '../lib/random.ts';
import { axisTicks, createLossCurve, lossCeiling, MAX_POINTS, qualityFloor, smoothingWindow, thin } from './buckets.ts';

function noise(length: number): number[] {
  const random = createRandom(3);
  return Array.from({ length }, () => random.uniform());
}

describe('the training curve', () => {
  it('keeps every step of a short run', () => {
    const losses = noise(225);
    const curve = createLossCurve(losses.length);
    losses.forEach((loss, i) => curve.push(i + 1, loss));
    expect(curve.points.map(({ loss }) => loss)).toEqual(losses);
    expect(curve.points.map(({ step }) => step)).toEqual(losses.map((_, i) => i + 1));
  });

  it('never has more than MAX_POINTS, and each is the mean of its steps', () => {
    const losses = noise(9407);
    const curve = createLossCurve(losses.length);
    losses.forEach((loss, i) => curve.push(i + 1, loss));
    const width = Math.ceil(losses.length / MAX_POINTS);
    expect(curve.points.length).toBeLessThanOrEqual(MAX_POINTS);
    expect(curve.points.length).toBe(Math.ceil(losses.length / width));
    curve.points.forEach(({ loss, step }, i) => {
      const steps = losses.slice(i * width, (i + 1) * width);
      expect(step).toBe(i * width + steps.length);
      expect(loss).toBeCloseTo(steps.reduce((a, b) => a + b, 0) / steps.length, 10);
    });
  });

  it('smooths with the weights of a bias-corrected moving average', () => {
    const losses = noise(40);
    const curve = createLossCurve(losses.length);
    losses.forEach((loss, i) => curve.push(i + 1, loss));
    const beta = 1 - 1 / smoothingWindow(losses.length);
    for (const at of [0, 1, 17, 39]) {
      const weights = losses.slice(0, at + 1).map((_, i) => beta ** (at - i));
      const expected =
        weights.reduce((sum, weight, i) => sum + weight * (losses[i] ?? NaN), 0) / weights.reduce((a, b) => a + b, 0);
      expect(curve.points[at]?.smooth).toBeCloseTo(expected, 12);
    }
  });

  it('leaves a gap for a loss that is not finite', () => {
    const curve = createLossCurve(3);
    curve.push(1, 0.5);
    curve.push(2, NaN);
    curve.push(3, 0.5);
    expect(curve.points).toEqual([
      { step: 1, loss: 0.5, smooth: 0.5 },
      { step: 3, loss: 0.5, smooth: 0.5 },
    ]);
  });
});

it('thins evenly and keeps the last', () => {
  const items = Array.from({ length: 1000 }, (_, i) => i);
  const kept = thin(items, 30);
  expect(kept).toHaveLength(30);
  expect(kept.at(-1)).toBe(999);
  expect(Math.max(...kept.map((item, i) => item - (kept[i - 1] ?? -1)))).toBeLessThanOrEqual(34);
  expect(thin(items, 1000)).toBe(items);
});

describe('axes', () => {
  it('holds the value under a round ceiling', () => {
    expect([0.3, Math.log(2) * 1.1, 0.81, 1.5, 7].map(lossCeiling)).toEqual([0.4, 0.8, 1, 2, 8]);
  });
  it('starts quality as high as its lowest value allows', () => {
    expect([0.95, 0.6, 0.59, 0.1, NaN].map(qualityFloor)).toEqual([0.6, 0.6, 0.2, 0, 0]);
  });
  it('has five ticks without the noise of binary fractions', () => {
    expect(axisTicks(0, 0.8)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(axisTicks(0.6, 1)).toEqual([0.6, 0.7, 0.8, 0.9, 1]);
  });
});
