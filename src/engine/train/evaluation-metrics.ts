/** What an evaluation measures beside loss, accuracy and F1: values for the page, the model card and metrics.json. */
import type { Interval } from './bootstrap.ts';
import { expectedCalibrationError } from './calibration.ts';
import { confusionScores, type Confusion, type ConfusionScores } from './confusion-scores.ts';
import { rocAuc } from './roc-auc.ts';

export interface EvaluationMetrics extends ConfusionScores {
  /** Two classes: of the second; more: the mean of each against the rest. null where a class has no row, or all. */
  readonly rocAuc: number | null;
  /** Of the highest probability, in 15 bins. */
  readonly expectedCalibrationError: number;
  /** 95 %, by bootstrap; only at the end of a run, else null. */
  readonly macroF1Interval: Interval | null;
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
  };
}
