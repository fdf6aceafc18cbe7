/** Loss and gradients of one batch, all on the device: nothing is read, nothing but the results stays in memory. */
import { engine, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { BatchTensors, Classifier } from '../models/classifier.ts';
import { crossEntropy } from '../ops/cross-entropy/cross-entropy.ts';

export interface LossAndGradients {
  /** Mean cross-entropy of the batch, []. */
  readonly loss: Tensor;
  /** In the order of the model's parameters. */
  readonly gradients: readonly Tensor[];
}

/**
 * labels int32 [B]; rng int32 [3] = [seed_lo, seed_hi, step] for dropout, null for none; `unit` from unitGradient(). The caller disposes
 * the results.
 */
export function lossAndGradients(
  model: Classifier,
  batch: BatchTensors,
  labels: Tensor,
  rng: Tensor | null,
  unit: Scalar,
): LossAndGradients {
  const parameters = model.parameters.map(({ tensor }) => tensor);
  const { value, grads } = engine().gradients(() => crossEntropy(model.logits(batch, rng), labels), parameters, unit);
  return { loss: value, gradients: grads };
}
