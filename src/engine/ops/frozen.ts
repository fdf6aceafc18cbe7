/**
 * Tensors that do not learn. An op asks no gradient for a frozen input, keeps nothing that only that gradient would need, and if all
 * of its inputs are frozen it leaves no trace on the tape and its output is frozen too: so backward ends below the lowest input that
 * learns, as with PyTorch's `requires_grad`. What is not marked here learns.
 */
import type { Tensor } from '@tensorflow/tfjs-core';

const frozen = new WeakSet<Tensor>();

/** Marks the tensor for as long as it lives, and returns it. */
export function freeze(tensor: Tensor): Tensor {
  frozen.add(tensor);
  return tensor;
}

export function isFrozen(tensor: Tensor): boolean {
  return frozen.has(tensor);
}
