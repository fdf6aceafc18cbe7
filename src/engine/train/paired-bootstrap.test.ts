/** The difference of two runs against scikit-learn's scores and numpy's resamples (reference/paired_bootstrap.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluatedRows, type EvaluatedRows } from './evaluated-rows.ts';
import { areSameRows, pairedDifference } from './paired-bootstrap.ts';

interface Case {
  readonly name: string;
  readonly classes: number;
  readonly labels: readonly number[];
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly macroF1: readonly [number, number];
  readonly low: number;
  readonly high: number;
}

const fixture = JSON.parse(readFileSync('reference/fixtures/paired-bootstrap.json', 'utf8')) as {
  readonly single: readonly Case[];
  readonly several: Omit<Case, 'low' | 'high' | 'name'>;
};

function rowsOf(kind: EvaluatedRows['kind'], labels: readonly number[], predictions: readonly number[], classCount: number) {
  const targets = kind === 'single' ? { kind, labels: Int32Array.from(labels) } : { kind, labels: Uint8Array.from(labels) };
  return evaluatedRows(1, classCount, targets, predictions);
}

describe('the paired difference', () => {
  it.each(fixture.single)("is scikit-learn's, its interval numpy's: $name", async (given) => {
    const [a, b] = [given.first, given.second].map((said) => rowsOf('single', given.labels, said, given.classes));
    const found = await pairedDifference(a!, b!, { resamples: 5000 });
    expect(found?.difference).toBeCloseTo(given.macroF1[1] - given.macroF1[0], 12);
    // 5,000 resamples against 20,000: their own noise is about a fortieth of the interval's width.
    const width = given.high - given.low;
    expect(Math.abs(found!.interval.low - given.low)).toBeLessThan(0.06 * width);
    expect(Math.abs(found!.interval.high - given.high)).toBeLessThan(0.06 * width);
    expect(found!.distinguishable).toBe(given.low > 0 || given.high < 0);
  });

  it("is scikit-learn's where rows have several labels", async () => {
    const { labels, first, second, classes, macroF1 } = fixture.several;
    const [a, b] = [first, second].map((said) => rowsOf('multi', labels, said, classes));
    const found = await pairedDifference(a!, b!);
    expect(found?.difference).toBeCloseTo(macroF1[1] - macroF1[0], 12);
    expect(found!.rows).toBe(120);
    expect(found!.interval.low).toBeLessThan(found!.difference);
    expect(found!.interval.high).toBeGreaterThan(found!.difference);
  });

  it('is the same again, nothing of a run against itself, and null without rows or when it is ended', async () => {
    const { labels, first, second, classes } = fixture.single[0]!;
    const [a, b] = [rowsOf('single', labels, first, classes), rowsOf('single', labels, second, classes)];
    expect(await pairedDifference(a, b)).toEqual(await pairedDifference(a, b));
    expect(await pairedDifference(a, a)).toMatchObject({ difference: 0, interval: { low: 0, high: 0 }, distinguishable: false });
    const none = rowsOf('single', [], [], 2);
    expect(await pairedDifference(none, none)).toBeNull();
    const ended = AbortSignal.abort();
    expect(await pairedDifference(a, b, { resamples: 5000, signal: ended })).toBeNull();
  });
});

it('knows whether two runs were measured on the same rows', () => {
  const a = rowsOf('single', [0, 1, 1], [0, 0, 1], 2);
  expect(areSameRows(a, rowsOf('single', [0, 1, 1], [1, 1, 1], 2))).toBe(true);
  expect(areSameRows(a, rowsOf('single', [1, 1, 0], [1, 1, 1], 2))).toBe(false);
  expect(areSameRows(a, rowsOf('single', [0, 1], [1, 1], 2))).toBe(false);
  expect(areSameRows(a, rowsOf('single', [0, 1, 1], [1, 1, 1], 3))).toBe(false);
});
