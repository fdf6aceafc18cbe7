import { describe, expect, it } from 'vitest';
import { axisCeiling, axisTicks, logRange, logTicks, qualityFloor, smoothingFactor, thin } from './buckets.ts';

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
    expect([0.3, Math.log(2) * 1.1, 0.81, 1.5, 7, 2e-4, 1300].map(axisCeiling)).toEqual([0.4, 0.8, 1, 2, 8, 2e-4, 2000]);
    expect([0, NaN, -1, Infinity].map(axisCeiling)).toEqual([1, 1, 1, 1]);
  });
  it('has whole decades where it is logarithmic', () => {
    expect(logRange(0.02, 0.7)).toEqual([0.01, 1]);
    expect(logRange(0.1, 0.1)).toEqual([0.1, 1]);
    expect(logTicks(0.01, 1)).toEqual([0.01, 0.1, 1]);
    expect(logTicks(1e-9, 1).length).toBeLessThanOrEqual(6);
  });
  it('starts quality as high as its lowest value allows', () => {
    expect([0.95, 0.6, 0.59, 0.1, NaN].map(qualityFloor)).toEqual([0.6, 0.6, 0.2, 0, 0]);
  });
  it('has five ticks without the noise of binary fractions', () => {
    expect(axisTicks(0, 0.8)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(axisTicks(0.6, 1)).toEqual([0.6, 0.7, 0.8, 0.9, 1]);
  });
});

it('smooths a long run more than a short one, within bounds', () => {
  expect(smoothingFactor(10)).toBeCloseTo(0.8);
  expect(smoothingFactor(2200)).toBeCloseTo(0.99);
  expect(smoothingFactor(1e6)).toBeCloseTo(0.995);
});
