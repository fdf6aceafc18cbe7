import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitRows, TEST, testCounts, TRAIN, VALIDATION, validationCounts } from './split.ts';

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

describe('testCounts', () => {
  it('leaves two rows of each class for the other parts', () => {
    expect(testCounts([100, 100], 0.1)).toEqual([10, 10]);
    expect(testCounts([100, 3, 2, 1], 0.1)).toEqual([10, 1, 0, 0]);
    expect(testCounts([10, 10], 0)).toEqual([0, 0]);
  });
});

const alone = (rows: number): Uint32Array => Uint32Array.from({ length: rows }, (_, i) => i);
const count = (parts: Uint8Array, part: number, isCounted: (i: number) => boolean = () => true): number =>
  parts.filter((one, i) => one === part && isCounted(i)).length;

describe('splitRows', () => {
  const labels = Int32Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? 1 : 0));
  const request = { labels, classes: 2, groups: alone(1000), given: null, validationShare: 0.2, testShare: 0, seed: 42 };

  it('is the same for the same seed and another for another', () => {
    const split = splitRows(request);
    expect(split).toEqual(splitRows(request));
    expect(split).not.toEqual(splitRows({ ...request, seed: 43 }));
  });

  it('keeps the shares in each class, and takes rows from everywhere in the file', () => {
    const split = splitRows({ ...request, testShare: 0.1 });
    for (const [label, validation, test] of [
      [0, 180, 90],
      [1, 20, 10],
    ] as const) {
      expect(count(split, VALIDATION, (i) => labels[i] === label)).toBe(validation);
      expect(count(split, TEST, (i) => labels[i] === label)).toBe(test);
    }
    const firstHalf = count(split, VALIDATION, (i) => i < 500);
    expect(firstHalf).toBeGreaterThan(60);
    expect(firstHalf).toBeLessThan(140);
  });

  it('keeps groups on one side, near the shares asked for, for any groups', () => {
    const rows = fc.array(fc.record({ label: fc.nat(3), group: fc.nat(40) }), { minLength: 40, maxLength: 300 });
    fc.assert(
      fc.property(rows, fc.nat(), (made, seed) => {
        const groups = Uint32Array.from(made, ({ group }) => group);
        const split = splitRows({
          ...request,
          labels: Int32Array.from(made, ({ label }) => label),
          classes: 4,
          groups,
          testShare: 0.2,
          seed,
        });
        const sides = new Map<number, number>();
        split.forEach((part, i) => {
          expect(sides.get(groups[i]!) ?? part).toBe(part);
          sides.set(groups[i]!, part);
        });
        expect(count(split, TRAIN)).toBeGreaterThan(0);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it('passes over a group that is larger than the part', () => {
    const groups = Uint32Array.from({ length: 100 }, (_, i) => (i < 60 ? 0 : i));
    const split = splitRows({ ...request, labels: new Int32Array(100), classes: 1, groups });
    expect(count(split, VALIDATION)).toBe(20);
    expect(count(split, TRAIN, (i) => i < 60)).toBe(60);
  });

  it('takes a given split as it is, and draws the part that it has not', () => {
    const given = Uint8Array.from({ length: 1000 }, (_, i) => (i < 700 ? TRAIN : i < 850 ? VALIDATION : TEST));
    expect(splitRows({ ...request, given })).toEqual(given);
    const withoutValidation = given.map((part) => (part === VALIDATION ? TRAIN : part));
    const drawn = splitRows({ ...request, given: withoutValidation });
    expect(count(drawn, TEST)).toBe(150);
    expect(count(drawn, VALIDATION)).toBe(170);
    expect(count(drawn, VALIDATION, (i) => i >= 850)).toBe(0);
  });
});
