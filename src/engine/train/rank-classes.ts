/** The probabilities of one text as a list to show. */
import type { ProblemType } from '../../lib/targets.ts';
import { THRESHOLD } from './multi-label-metrics.ts';

export interface RankedClass {
  readonly label: string;
  /** Its place in `classes`. */
  readonly index: number;
  readonly probability: number;
  readonly predicted: boolean;
}

/** Best first. Predicted is the best one; where a text may have several labels, each class from a probability of 0.5 on. */
export function rankClasses(
  classes: readonly string[],
  probabilities: ArrayLike<number>,
  problemType: ProblemType,
): readonly RankedClass[] {
  const several = problemType === 'multi_label_classification';
  return classes
    .map((label, index) => ({ label, index, probability: probabilities[index] ?? NaN }))
    .sort((a, b) => b.probability - a.probability)
    .map((each, place) => ({ ...each, predicted: several ? each.probability >= THRESHOLD : place === 0 }));
}
