/** How far macro F1 may be off because the validation rows are few: a bootstrap interval. */
import { macrotask } from '../../lib/macrotask.ts';
import { createRandom } from '../../lib/random.ts';
import type { Evaluation } from './arguments.ts';
import { perClassF1, type Confusion } from './confusion-scores.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Rows up to which each evaluation of a run gets its interval, which takes 1,000 times so many draws. */
export const ROWS_FOR_INTERVALS = 5000;

const RESAMPLES = 1000;
const LEVEL = 0.95;
/** Draws between two looks at waiting messages. */
const DRAWS_AT_ONCE = 1_000_000;

/**
 * The percentile interval at 95 % (Efron 1979) from 1,000 seeded resamples of the rows. A resample draws rows with replacement, and
 * macro F1 asks of a row only its label and prediction, so the confusion matrix is enough. A class that a resample lacks, and that is
 * not predicted either, counts as 0, as everywhere. null without rows.
 */
export async function bootstrapMacroF1(confusion: Confusion, seed: number): Promise<Interval | null> {
  const C = confusion.length;
  const counts = confusion.flat();
  const cells = new Uint32Array(counts.reduce((sum, count) => sum + count, 0)); // one a row: label · C + prediction
  if (cells.length === 0) return null;
  for (let cell = 0, from = 0; cell < counts.length; from += counts[cell++]!) cells.fill(cell, from, from + counts[cell]!);
  const random = createRandom(seed);
  const results = new Float64Array(RESAMPLES);
  let draws = 0;
  for (let i = 0; i < RESAMPLES; i++) {
    const drawn = new Float64Array(C * C);
    for (let row = 0; row < cells.length; row++) drawn[cells[random.below(cells.length)]!]! += 1;
    const resample = confusion.map((_, label) => [...drawn.subarray(label * C, (label + 1) * C)]);
    results[i] = perClassF1(resample).reduce((sum, f1) => sum + f1, 0) / C;
    draws += cells.length;
    if (draws < DRAWS_AT_ONCE) continue;
    await macrotask();
    draws = 0;
  }
  results.sort();
  return { low: percentile(results, (1 - LEVEL) / 2), high: percentile(results, (1 + LEVEL) / 2) };
}

/** The value below which this share of the sorted values lies, between two of them in a line: numpy's default. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (above - below) * (place - Math.floor(place));
}

/** The evaluation with the interval of its macro F1; as it is where it has one. */
export async function withInterval(evaluation: Evaluation, seed: number): Promise<Evaluation> {
  if (!evaluation.metrics || evaluation.metrics.macroF1Interval) return evaluation;
  const macroF1Interval = await bootstrapMacroF1(evaluation.confusion, seed);
  return { ...evaluation, metrics: { ...evaluation.metrics, macroF1Interval } };
}
