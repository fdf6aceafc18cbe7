/**
 * Whether one run is better than another on the same rows: the difference of their macro F1 with its interval. Both runs are measured on
 * the same resamples, so what is hard for both cancels out; two separate intervals would say "the same" far too often.
 */
import { macrotask } from '../../lib/macrotask.ts';
import { createRandom } from '../../lib/random.ts';
import { percentile, type Interval } from './bootstrap.ts';
import { ratio } from './confusion-scores.ts';
import type { EvaluatedRows } from './evaluated-rows.ts';

export interface PairedDifference {
  /** Macro F1 of the second run less that of the first. */
  readonly difference: number;
  /** The percentile interval at 95 %. */
  readonly interval: Interval;
  /** The interval holds 0: these rows do not tell the two apart. */
  readonly distinguishable: boolean;
  readonly rows: number;
}

const LEVEL = 0.95;
/** Draws between two looks at waiting messages: a few milliseconds. */
const DRAWS_AT_ONCE = 200_000;

/** Whether the two are about the very same rows and classes. */
export function areSameRows(a: EvaluatedRows, b: EvaluatedRows): boolean {
  if (a.kind !== b.kind || a.classCount !== b.classCount || a.labels.length !== b.labels.length) return false;
  return a.labels.every((label, i) => label === b.labels[i]);
}

/** Counts of one run on one resample, for each class. */
function createTally(C: number) {
  const [hits, predicted] = [new Float64Array(C), new Float64Array(C)];
  return {
    hits,
    predicted,
    clear() {
      hits.fill(0);
      predicted.fill(0);
    },
    macroF1(actual: Float64Array): number {
      let sum = 0;
      for (let c = 0; c < C; c++) sum += ratio(2 * hits[c]!, actual[c]! + predicted[c]!);
      return sum / C;
    },
  };
}

type Tally = ReturnType<typeof createTally>;

/**
 * b less a, for rows that `areSameRows`. Seeded; `resamples` draws of all rows with replacement. A class that a resample lacks, and that is
 * not predicted either, counts as 0, as everywhere. null without rows, or when the signal ends it.
 */
export async function pairedDifference(
  a: EvaluatedRows,
  b: EvaluatedRows,
  {
    seed = 42,
    resamples = 1000,
    signal,
  }: { readonly seed?: number; readonly resamples?: number; readonly signal?: AbortSignal } = {},
): Promise<PairedDifference | null> {
  const { kind, classCount: C, labels } = a;
  const rows = kind === 'single' ? labels.length : labels.length / C;
  if (rows === 0) return null;
  const actual = new Float64Array(C);
  const [first, second] = [createTally(C), createTally(C)];

  const countOne = ({ hits, predicted }: Tally, { predictions }: EvaluatedRows, row: number): void => {
    const said = predictions[row]!;
    predicted[said]! += 1;
    if (said === labels[row]) hits[said]! += 1;
  };
  const countSeveral = ({ hits, predicted }: Tally, { predictions }: EvaluatedRows, row: number): void => {
    for (let c = 0; c < C; c++) {
      const said = predictions[row * C + c]!;
      predicted[c]! += said;
      hits[c]! += said * labels[row * C + c]!;
    }
  };
  const countIn = kind === 'single' ? countOne : countSeveral;
  const countRow = (row: number): void => {
    if (kind === 'single') actual[labels[row]!]! += 1;
    else for (let c = 0; c < C; c++) actual[c]! += labels[row * C + c]!;
    countIn(first, a, row);
    countIn(second, b, row);
  };
  const differenceOver = (rowAt: (i: number) => number): number => {
    actual.fill(0);
    first.clear();
    second.clear();
    for (let i = 0; i < rows; i++) countRow(rowAt(i));
    return second.macroF1(actual) - first.macroF1(actual);
  };

  const difference = differenceOver((i) => i);
  const random = createRandom(seed);
  const results = new Float64Array(resamples);
  let draws = 0;
  for (let i = 0; i < resamples; i++) {
    results[i] = differenceOver(() => random.below(rows));
    draws += rows;
    if (draws < DRAWS_AT_ONCE) continue;
    await macrotask();
    if (signal?.aborted) return null;
    draws = 0;
  }
  results.sort();
  const interval = { low: percentile(results, (1 - LEVEL) / 2), high: percentile(results, (1 + LEVEL) / 2) };
  return { difference, interval, distinguishable: interval.low > 0 || interval.high < 0, rows };
}
