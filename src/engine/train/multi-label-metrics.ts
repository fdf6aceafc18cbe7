/** Metrics of rows with any number of labels: equal to scikit-learn's on label indicators, with `zero_division=0`. */
import { countScores, ratio, type PrecisionRecallF1 } from './confusion-scores.ts';
import type { EvaluationMetrics } from './evaluation-metrics.ts';
import { areaUnderCurve } from './roc-auc.ts';

/** A class is predicted from this probability on. */
export const THRESHOLD = 0.5;

/** σ of each logit, in f64. */
export function sigmoids(logits: ArrayLike<number>): Float64Array {
  return Float64Array.from(logits, (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))));
}

/** Binary cross-entropy, the mean over rows and classes, from logits: no probability becomes 0. */
export function binaryLogLoss(logits: ArrayLike<number>, flags: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < flags.length; i++) {
    const x = logits[i]!;
    total += Math.max(x, 0) - x * flags[i]! + Math.log1p(Math.exp(-Math.abs(x)));
  }
  return total / flags.length;
}

export interface MultiLabelScores {
  /** Rows whose classes are all right (subset accuracy). */
  readonly accuracy: number;
  readonly macroF1: number;
  readonly perClassF1: readonly number[];
  readonly metrics: EvaluationMetrics;
}

/** flags [rows, C] of 0 and 1, probabilities [rows, C]; at least one row. */
export function multiLabelScores(flags: ArrayLike<number>, probabilities: Float64Array, C: number): MultiLabelScores {
  const rows = flags.length / C;
  const [hits, actual, predicted] = [new Array<number>(C).fill(0), new Array<number>(C).fill(0), new Array<number>(C).fill(0)];
  const samples = { precision: 0, recall: 0, f1: 0 };
  let exact = 0;
  let wrong = 0;
  for (let row = 0; row < rows; row++) {
    let [rowHits, rowActual, rowPredicted] = [0, 0, 0];
    for (let c = 0; c < C; c++) {
      const flag = flags[row * C + c]!;
      const said = Number(probabilities[row * C + c]! >= THRESHOLD);
      hits[c]! += flag * said;
      actual[c]! += flag;
      predicted[c]! += said;
      rowHits += flag * said;
      rowActual += flag;
      rowPredicted += said;
    }
    const off = rowActual + rowPredicted - 2 * rowHits;
    exact += Number(off === 0);
    wrong += off;
    samples.precision += ratio(rowHits, rowPredicted) / rows;
    samples.recall += ratio(rowHits, rowActual) / rows;
    samples.f1 += ratio(2 * rowHits, rowActual + rowPredicted) / rows;
  }
  const scores = countScores({ hits, actual, predicted });
  return {
    accuracy: exact / rows,
    macroF1: scores.macro.f1,
    perClassF1: scores.perClass.map(({ f1 }) => f1),
    metrics: {
      ...scores,
      mcc: null,
      rocAuc: macroRocAuc(flags, probabilities, C),
      expectedCalibrationError: null,
      macroF1Interval: null,
      severalLabels: { samples: samples satisfies PrecisionRecallF1, hammingLoss: wrong / flags.length },
    },
  };
}

/** The mean over the classes, null where a class has no row, or all of them. */
function macroRocAuc(flags: ArrayLike<number>, probabilities: Float64Array, C: number): number | null {
  let sum = 0;
  for (let c = 0; c < C; c++) {
    const scores = Float64Array.from({ length: flags.length / C }, (_, row) => probabilities[row * C + c]!);
    const area = areaUnderCurve(scores, (row) => flags[row * C + c] === 1);
    if (area === null) return null;
    sum += area;
  }
  return sum / C;
}
