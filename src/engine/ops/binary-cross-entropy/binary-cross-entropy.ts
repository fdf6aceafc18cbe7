/**
 * Binary cross-entropy of logits, the mean over rows and classes: with y the target, w the class's weight of positives (1 where there
 * are none) and σ the logistic function, loss = Σ_ic [-w_c·y·log σ(x) - (1 - y)·log σ(-x)] / (B·C)
 *      = Σ_ic [(1 - y)·x + (1 + (w_c - 1)·y)·softplus(-x)] / (B·C), where softplus(-x) = max(-x, 0) + log(1 + e^-|x|) cannot overflow.
 * logits [B,C], targets [B,C] in [0, 1], posWeights [C] -> loss [].
 * Kept for backward: dlogits [B,C], which forward computes with the loss: [(1 + (w_c - 1)·y)·σ(x) - w_c·y] / (B·C), times the upstream
 * gradient.
 * Source: torch.nn.BCEWithLogitsLoss(pos_weight, reduction='mean'), which transformers takes for `multi_label_classification`.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { mul, type Tensor } from '@tensorflow/tfjs-core';
import type { KernelFunction } from '../contract.ts';
import { floats, makeFloats, type Reals } from '../cpu-values.ts';
import { isUnitGradient } from '../cross-entropy/cross-entropy.ts';
import { defineOp, expectShape, sizeOf } from '../define-op.ts';
import { runKernel } from '../run-kernel.ts';

type Constants = { targets: Tensor; posWeights: Tensor | undefined };

const record = defineOp<{ logits: Tensor }, Constants, { dlogits: Tensor }>({
  forward: ({ logits }, { targets, posWeights }) => {
    const [output, dlogits] = runKernel('BinaryCrossEntropy', { logits, targets, ...(posWeights && { posWeights }) }, {});
    return { output, kept: { dlogits } };
  },
  backward: (dy, { dlogits }) => ({ logits: isUnitGradient(dy) ? dlogits.clone() : mul(dlogits, dy) }),
});

/** logits [B,C], targets f32 [B,C] in [0, 1], posWeights [C] above 0 -> the mean loss []. */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor, posWeights?: Tensor): Tensor {
  expectShape('binaryCrossEntropy', 'logits', logits, [-1, -1]);
  expectShape('binaryCrossEntropy', 'targets', targets, logits.shape);
  if (posWeights) expectShape('binaryCrossEntropy', 'posWeights', posWeights, [sizeOf(logits, 1)]);
  return record({ logits }, { targets, posWeights });
}

/** The loss and dlogits [B,C], in f64; C from `posWeights` where they are given. */
export function binaryCrossEntropyForward(
  logits: Reals,
  targets: Reals,
  posWeights: Reals | undefined,
): { loss: number; dlogits: Float64Array } {
  const dlogits = new Float64Array(logits.length);
  let loss = 0;
  logits.forEach((x, i) => {
    const y = targets[i]!;
    const weight = posWeights ? posWeights[i % posWeights.length]! : 1;
    const both = 1 + (weight - 1) * y;
    const e = Math.exp(-Math.abs(x));
    const sigmoid = x < 0 ? e / (1 + e) : 1 / (1 + e);
    loss += (1 - y) * x + both * (Math.max(-x, 0) + Math.log1p(e));
    dlogits[i] = (both * sigmoid - weight * y) / logits.length;
  });
  return { loss: loss / logits.length, dlogits };
}

export const binaryCrossEntropyCpu: KernelFunction<'BinaryCrossEntropy', MathBackendCPU> = (inputs, _attrs, backend) => {
  const { loss, dlogits } = binaryCrossEntropyForward(
    floats(backend, inputs.logits),
    floats(backend, inputs.targets),
    inputs.posWeights && floats(backend, inputs.posWeights),
  );
  return [makeFloats(backend, [], Float64Array.of(loss)), makeFloats(backend, inputs.logits.shape, dlogits)];
};
