import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stratifiedSplit, validationCounts } from './split.ts';

describe('validationCounts', () => {
  it('gives the share asked for, by largest remainder', () => {
    expect(validationCounts([1500, 1500], 0.2)).toEqual([300, 300]);
    expect(validationCounts([3, 3, 4], 0.25)).toEqual([1, 1, 1]);
    expect(validationCounts([7, 7, 6], 0.25)).toEqual([2, 2, 1]);
    expect(validationCounts([10, 1], 0.2)).toEqual([2, 0]);
    expect(validationCounts([2, 2, 2, 2], 0.1)).toEqual([1, 1, 1, 1]);
    expect(validationCounts([2, 3], 0.9)).toEqual([1, 2]);
  });

  it('holds for any classes: both sides of each class of two rows or more, the total as near as that allows', () => {
    const classes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(classes, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (rows, share) => {
        const counts = validationCounts(rows, share);
        let [sum, lowest, highest] = [0, 0, 0];
        rows.forEach((n, c) => {
          const count = counts[c] ?? Number.NaN;
          expect(count >= (n > 1 ? 1 : 0) && count <= n - 1).toBe(true);
          sum += count;
          lowest += n > 1 ? 1 : 0;
          highest += n - 1;
        });
        const wanted = Math.round(share * rows.reduce((total, n) => total + n, 0));
        expect(sum).toBe(Math.min(highest, Math.max(lowest, wanted)));
      }),
      { seed: 3, numRuns: 1000 },
    );
  });
});

describe('stratifiedSplit', () => {
  const labels = Int32Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? 1 : 0));

  it('is the same for the same seed and another for another', () => {
    const split = stratifiedSplit(labels, 2, 0.2, 42);
    expect(split).toEqual(stratifiedSplit(labels, 2, 0.2, 42));
    expect(split).not.toEqual(stratifiedSplit(labels, 2, 0.2, 43));
  });

  it('keeps the share in each class, and takes rows from everywhere in the file', () => {
    const split = stratifiedSplit(labels, 2, 0.2, 42);
    const perClass = [0, 0];
    split.forEach((side, i) => (perClass[labels[i]!]! += side));
    expect(perClass).toEqual([180, 20]);
    const firstHalf = split.subarray(0, 500).reduce((sum, side) => sum + side, 0);
    expect(firstHalf).toBeGreaterThan(60);
    expect(firstHalf).toBeLessThan(140);
  });
});
