/** Scores that follow from a confusion matrix alone, confusion[actual][predicted]: equal to scikit-learn's with `zero_division=0`. */

export type Confusion = readonly (readonly number[])[];

export interface PrecisionRecallF1 {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Scores that follow from counts for each class. */
export interface CountScores {
  /** In class order. */
  readonly perClass: readonly PrecisionRecallF1[];
  /** Rows of each class. */
  readonly support: readonly number[];
  /** The plain mean over the classes. */
  readonly macro: PrecisionRecallF1;
  /** Over all labels together: each is the accuracy, where every row has one label and one prediction. */
  readonly micro: PrecisionRecallF1;
  /** The mean over the classes by their rows. */
  readonly weighted: PrecisionRecallF1;
}

export interface ConfusionScores extends CountScores {
  /** Matthews correlation coefficient (Gorodkin 2004 for several classes), -1 .. 1; 0 where it is undefined. */
  readonly mcc: number;
}

/** For each class: rows that have it and are said to, that have it, that are said to. */
interface Sums {
  readonly hits: readonly number[];
  readonly actual: readonly number[];
  readonly predicted: readonly number[];
}

function sumsOf(confusion: Confusion): Sums {
  return {
    hits: confusion.map((row, c) => row[c]!),
    actual: confusion.map(total),
    predicted: confusion.map((_, c) => confusion.reduce((sum, row) => sum + row[c]!, 0)),
  };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** a / b, 0 where there is nothing to divide by. */
export function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}

function scores(hits: number, actual: number, predicted: number): PrecisionRecallF1 {
  return { precision: ratio(hits, predicted), recall: ratio(hits, actual), f1: ratio(2 * hits, actual + predicted) };
}

function mean(perClass: readonly PrecisionRecallF1[], weights: readonly number[]): PrecisionRecallF1 {
  const of = (key: keyof PrecisionRecallF1): number =>
    ratio(total(perClass.map((each, c) => weights[c]! * each[key])), total(weights));
  return { precision: of('precision'), recall: of('recall'), f1: of('f1') };
}

function matthews({ hits, actual, predicted }: Sums): number {
  const rows = total(actual);
  const product = (a: readonly number[], b: readonly number[]): number => total(a.map((value, c) => value * b[c]!));
  const covariance = total(hits) * rows - product(actual, predicted);
  const spread = (rows ** 2 - product(actual, actual)) * (rows ** 2 - product(predicted, predicted));
  return ratio(covariance, Math.sqrt(spread));
}

/** At least one class. */
export function countScores(sums: Sums): CountScores {
  const perClass = sums.hits.map((hits, c) => scores(hits, sums.actual[c]!, sums.predicted[c]!));
  return {
    perClass,
    support: sums.actual,
    macro: mean(
      perClass,
      perClass.map(() => 1),
    ),
    micro: scores(total(sums.hits), total(sums.actual), total(sums.predicted)),
    weighted: mean(perClass, sums.actual),
  };
}

/** At least one class; all counts from 0. */
export function confusionScores(confusion: Confusion): ConfusionScores {
  const sums = sumsOf(confusion);
  return { ...countScores(sums), mcc: matthews(sums) };
}

/** F1 per class, 0 for a class that is neither in the labels nor predicted. */
export function perClassF1(confusion: Confusion): readonly number[] {
  const { hits, actual, predicted } = sumsOf(confusion);
  return hits.map((each, c) => ratio(2 * each, actual[c]! + predicted[c]!));
}
