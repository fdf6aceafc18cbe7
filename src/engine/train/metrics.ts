/** From logits to loss, accuracy, F1 and confusion, in f64, equal to scikit-learn's with `zero_division=0`. */
import { perClassF1, type Confusion } from './confusion-scores.ts';

/** Softmax of each row of logits [rows, C], in f64. */
export function softmaxRows(logits: ArrayLike<number>, C: number): Float64Array {
  const probabilities = Float64Array.from(logits);
  for (let start = 0; start < probabilities.length; start += C) {
    const row = probabilities.subarray(start, start + C);
    const largest = Math.max(...row);
    let sum = 0;
    for (let c = 0; c < C; c++) sum += row[c] = Math.exp(row[c]! - largest);
    for (let c = 0; c < C; c++) row[c]! /= sum;
  }
  return probabilities;
}

/** Mean of -log p(label) over the rows of logits [rows, C], without the overflow of log(softmax). */
export function logLoss(logits: ArrayLike<number>, labels: ArrayLike<number>, C: number): number {
  let total = 0;
  for (let row = 0; row < labels.length; row++) {
    const scores = Float64Array.from({ length: C }, (_, c) => logits[row * C + c]!);
    const largest = Math.max(...scores);
    const sum = scores.reduce((partial, score) => partial + Math.exp(score - largest), 0);
    total += largest + Math.log(sum) - scores[labels[row]!]!;
  }
  return total / labels.length;
}

/** The index of the largest of each row's C values; the first of equals. */
export function argmaxRows(values: ArrayLike<number>, C: number): Int32Array {
  return Int32Array.from({ length: values.length / C }, (_, row) => {
    let best = 0;
    for (let c = 1; c < C; c++) if (values[row * C + c]! > values[row * C + best]!) best = c;
    return best;
  });
}

export interface ClassificationMetrics {
  readonly accuracy: number;
  /** The plain mean of the classes' F1. Classes that are neither in the labels nor predicted count as 0. */
  readonly macroF1: number;
  readonly perClassF1: readonly number[];
  /** confusion[actual][predicted]. */
  readonly confusion: Confusion;
}

/** labels and predictions are class indices below C, of equal length. */
export function classificationMetrics(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  C: number,
): ClassificationMetrics {
  const confusion = Array.from({ length: C }, () => new Array<number>(C).fill(0));
  let hits = 0;
  for (let row = 0; row < labels.length; row++) {
    const [label, prediction] = [labels[row]!, predictions[row]!];
    confusion[label]![prediction]! += 1;
    if (label === prediction) hits++;
  }
  const f1 = perClassF1(confusion);
  const macroF1 = f1.reduce((sum, each) => sum + each, 0) / C;
  return { accuracy: hits / labels.length, macroF1, perClassF1: f1, confusion };
}
