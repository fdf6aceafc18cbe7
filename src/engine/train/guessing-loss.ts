/** The loss of a model that only guesses: by it a run that learns is told from one that runs away, and the loss axis begins there. */
import { countClasses, type Targets } from '../../lib/targets.ts';
import type { ClassWeights, LabelledRows } from './arguments.ts';
import { weightsOfPositives } from './class-weights.ts';

/**
 * One class a row, among C: ln C, for class weights are divided out of the mean. Any number of classes a row: ln 2 for each row and class,
 * times the weight of its positives (`pos_weight`, [C]) where the row has the class.
 */
export function guessingLoss(targets: Targets, C: number, positiveWeights: ArrayLike<number> | null = null): number {
  if (targets.kind === 'single') return Math.log(Math.max(2, C));
  const cells = targets.labels.length;
  if (!positiveWeights || cells === 0) return Math.LN2;
  const more = countClasses(targets, C).reduce((sum, count, c) => sum + count * ((positiveWeights[c] ?? 1) - 1), 0);
  return Math.LN2 * (1 + more / cells);
}

/** Of a run on these rows under its class weights. */
export function guessingLossOf(
  { targets, offsets }: LabelledRows,
  { class_weights }: { readonly class_weights?: ClassWeights },
  C: number,
): number {
  if (targets.kind === 'single' || !class_weights) return guessingLoss(targets, C);
  return guessingLoss(targets, C, weightsOfPositives(class_weights, targets, offsets.length - 1, C));
}
