/** What an evaluation measures beside loss, accuracy and F1: values for the page, the model card and metrics.json. */
import type { Interval } from './bootstrap.ts';
import { expectedCalibrationError } from './calibration.ts';
import { confusionScores, type Confusion, type CountScores, type PrecisionRecallF1 } from './confusion-scores.ts';
import { rocAuc } from './roc-auc.ts';

export interface EvaluationMetrics extends CountScores {
  /** null where rows have several labels. */
  readonly mcc: number | null;
  /** Two classes: of the second; more, or several labels a row: the mean of each against the rest. null where a class has no row, or all. */
  readonly rocAuc: number | null;
  /** Of the highest probability, in 15 bins; null where rows have several labels. */
  readonly expectedCalibrationError: number | null;
  /** 95 %, by bootstrap; only at the end of a run, else null. */
  readonly macroF1Interval: Interval | null;
  /** What only rows with several labels have, else null. */
  readonly severalLabels: {
    /** The mean over the rows of each row's own scores. */
    readonly samples: PrecisionRecallF1;
    /** The share of wrong decisions among all of rows times classes. */
    readonly hammingLoss: number;
  } | null;
}

/** labels [rows], probabilities [rows, C], and the confusion matrix that they give. */
export function evaluationMetrics(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  confusion: Confusion,
): EvaluationMetrics {
  const C = confusion.length;
  return {
    ...confusionScores(confusion),
    rocAuc: rocAuc(labels, probabilities, C),
    expectedCalibrationError: expectedCalibrationError(labels, probabilities, C),
    macroF1Interval: null,
    severalLabels: null,
  };
}
