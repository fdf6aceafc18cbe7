/** Weights of the classes in the loss. */
import { Problem } from '../../lib/problem.ts';
import { countClasses, type Targets } from '../../lib/targets.ts';
import type { ClassWeights } from './arguments.ts';

/**
 * One weight a class, null where all count the same. 'balanced' is scikit-learn's compute_class_weight: rows / (classes · rows of the
 * class), over the classes that occur; one that does not occur has 1. Throws a `Problem` for a list that has not C weights.
 */
export function weightsOfClasses(choice: ClassWeights, labels: ArrayLike<number>, C: number): Float32Array | null {
  if (choice === 'none') return null;
  if (choice === 'balanced') {
    const counts = new Array<number>(C).fill(0);
    for (let row = 0; row < labels.length; row++) counts[labels[row]!]! += 1;
    const present = counts.filter((count) => count > 0).length;
    return Float32Array.from(counts, (count) => (count === 0 ? 1 : labels.length / (present * count)));
  }
  if (choice.length === C) return Float32Array.from(choice);
  throw wrongCount(choice, C);
}

/**
 * Weights of the positives in a binary cross-entropy, null where all count the same. 'balanced' is the rows without the class for each row with
 * it, as PyTorch proposes for `pos_weight`; a class that no row has, or every row, has 1. Throws a `Problem` for a list that has not C weights.
 */
export function weightsOfPositives(choice: ClassWeights, targets: Targets, rows: number, C: number): Float32Array | null {
  if (choice === 'none') return null;
  if (choice === 'balanced') {
    return Float32Array.from(countClasses(targets, C), (count) => (count === 0 || count === rows ? 1 : (rows - count) / count));
  }
  if (choice.length === C) return Float32Array.from(choice);
  throw wrongCount(choice, C);
}

function wrongCount(choice: readonly number[], C: number): Problem {
  return new Problem({
    where: 'Setting class_weights',
    expected: `${C} weights, one for each class`,
    found: String(choice.length),
    fix: 'Give a weight for each class in the order of the classes, or "balanced".',
  });
}
