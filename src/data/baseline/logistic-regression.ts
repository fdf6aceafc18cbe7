/**
 * Multinomial logistic regression over sparse rows, as scikit-learn's LogisticRegression with its defaults: C = 1, the L2 penalty on the
 * weights and not on the intercepts, the lbfgs solver. Two classes have two rows of weights here and one there: with the penalty the
 * optimum has w1 = -w0, and the one row there at twice our C is not the same optimum, so two classes are trained as a single row.
 */
import { minimise } from './l-bfgs.ts';
import type { SparseRows } from './tf-idf.ts';

export interface LogisticModel {
  /** [outputs, columns] row-major; one output for two classes. */
  readonly weights: Float64Array;
  readonly intercepts: Float64Array;
  readonly converged: boolean;
  /** The likeliest class of each row. */
  predict(x: SparseRows): Int32Array;
}

const TOLERANCE = 1e-4;

/** scores[k] = x_row · w_k + b_k. */
function scoreRow(x: SparseRows, row: number, parameters: Float64Array, outputs: number, scores: Float64Array): void {
  for (let k = 0; k < outputs; k++) {
    const base = k * (x.columns + 1);
    let sum = parameters[base + x.columns]!;
    for (let at = x.offsets[row]!; at < x.offsets[row + 1]!; at++) sum += x.values[at]! * parameters[base + x.indices[at]!]!;
    scores[k] = sum;
  }
}

/** Turns scores into the derivative of the row's loss by them; returns the loss. */
function lossOfScores(scores: Float64Array, label: number): number {
  if (scores.length === 1) {
    const score = scores[0]!;
    const sign = label === 1 ? -1 : 1;
    const margin = sign * score;
    scores[0] = sign / (1 + Math.exp(-margin));
    return Math.max(0, margin) + Math.log1p(Math.exp(-Math.abs(margin)));
  }
  let highest = -Infinity;
  for (const score of scores) highest = Math.max(highest, score);
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - highest);
  const loss = highest + Math.log(sum) - scores[label]!;
  for (let k = 0; k < scores.length; k++) scores[k] = Math.exp(scores[k]! - highest) / sum - (k === label ? 1 : 0);
  return loss;
}

/** `labels`: class index per row. The mean loss is minimised with the penalty |w|² / (2 C rows). */
export async function fitLogisticRegression(
  x: SparseRows,
  labels: Int32Array,
  classes: number,
  { C = 1, iterations = 100, pause }: { readonly C?: number; readonly iterations?: number; readonly pause: () => Promise<void> },
): Promise<LogisticModel> {
  const outputs = classes === 2 ? 1 : classes;
  const stride = x.columns + 1;
  const scores = new Float64Array(outputs);
  const penalty = 1 / (C * x.rows);
  const objective = (parameters: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let row = 0; row < x.rows; row++) {
      scoreRow(x, row, parameters, outputs, scores);
      loss += lossOfScores(scores, labels[row]!);
      for (let k = 0; k < outputs; k++) {
        const derivative = scores[k]! / x.rows;
        const base = k * stride;
        for (let at = x.offsets[row]!; at < x.offsets[row + 1]!; at++)
          gradient[base + x.indices[at]!]! += derivative * x.values[at]!;
        gradient[base + x.columns]! += derivative;
      }
    }
    let squares = 0;
    for (let k = 0; k < outputs; k++) {
      for (let c = 0; c < x.columns; c++) {
        const weight = parameters[k * stride + c]!;
        squares += weight * weight;
        gradient[k * stride + c]! += penalty * weight;
      }
    }
    return loss / x.rows + (penalty * squares) / 2;
  };
  const { x: found, converged } = await minimise(objective, outputs * stride, { tolerance: TOLERANCE, iterations }, pause);
  const part = (k: number, from: number, to: number): Float64Array => found.subarray(k * stride + from, k * stride + to);
  const weights = new Float64Array(outputs * x.columns);
  for (let k = 0; k < outputs; k++) weights.set(part(k, 0, x.columns), k * x.columns);
  return {
    weights,
    intercepts: Float64Array.from({ length: outputs }, (_, k) => found[k * stride + x.columns]!),
    converged,
    predict(rows) {
      const predicted = new Int32Array(rows.rows);
      const own = new Float64Array(outputs);
      for (let row = 0; row < rows.rows; row++) {
        scoreRow(rows, row, found, outputs, own);
        predicted[row] = outputs === 1 ? Number(own[0]! > 0) : own.indexOf(Math.max(...own));
      }
      return predicted;
    },
  };
}
