/** Loss and gradients of one batch, all on the device: nothing is read, nothing but the results stays in memory. */
import { engine, type Tensor } from '@tensorflow/tfjs-core';
import type { BatchTensors, Classifier, EncodedBatch } from '../models/classifier.ts';
import { binaryCrossEntropy } from '../ops/binary-cross-entropy/binary-cross-entropy.ts';
import { crossEntropy } from '../ops/cross-entropy/cross-entropy.ts';
import { keepingHalves } from '../ops/half/keeping.ts';

export interface LossAndGradients {
  /** Mean loss of the batch, []. */
  readonly loss: Tensor;
  /** In the order of the model's parameters, times `upstream`. */
  readonly gradients: readonly Tensor[];
}

export interface LossOptions {
  /** [C]; weights of the positives where rows have several labels. */
  readonly classWeights?: Tensor;
  /** Not read where rows have several labels. */
  readonly labelSmoothing?: number;
  /** Whether what forward keeps for backward is kept in 16 bits. */
  readonly halves?: boolean;
  /** Less is kept for backward, and computed again there. */
  readonly checkpointing?: boolean;
}

/**
 * labels int32 [B] for the cross-entropy of one class a row, or f32 [B,C] of 0 and 1 for the binary one of several; rng int32 [3] =
 * [seed_lo, seed_hi, step] for dropout, null for none; `upstream` a kept tensor of one number that the gradients are multiplied by,
 * unitGradient() for 1. The caller disposes the results.
 */
export function lossAndGradients(
  model: Classifier,
  batch: BatchTensors | EncodedBatch,
  labels: Tensor,
  rng: Tensor | null,
  upstream: Tensor,
  options: LossOptions = {},
): LossAndGradients {
  const parameters = model.parameters.map(({ tensor }) => tensor);
  const loss = (): Tensor => {
    const logits = model.logits(batch, rng, options); // [B,C]
    return labels.rank === 2 ? binaryCrossEntropy(logits, labels, options.classWeights) : crossEntropy(logits, labels, options);
  };
  try {
    const { value, grads } = keepingHalves(options.halves ?? false, () => engine().gradients(loss, parameters, upstream));
    return { loss: value, gradients: grads };
  } catch (error) {
    dropTape();
    throw error;
  }
}

/** What tfjs's own type leaves out: there is no tape between two gradients. */
interface TapeState {
  readonly gradientDepth: number;
  activeTape: readonly { readonly saved?: readonly Tensor[] }[] | null;
}

/** tfjs gives back what it kept for backward at the end of backward alone: where memory was not enough for it, here. */
function dropTape(): void {
  const state: TapeState = engine().state;
  if (state.gradientDepth > 0 || !state.activeTape) return;
  for (const { saved } of state.activeTape) for (const each of saved ?? []) each.dispose();
  state.activeTape = null;
}
