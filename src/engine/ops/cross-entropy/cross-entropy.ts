/**
 * Softmax cross-entropy, the mean over the batch: with p = softmax(logits), class weights w (1 where there are none), label y of
 * row i and smoothing e, loss = Σ_i [(1-e)·w_y·(-log p_y) + e/C·Σ_c w_c·(-log p_c)] / Σ_i w_y.
 * logits [B,C], labels int32 [B], classWeights [C] -> loss [].
 * Kept for backward: dlogits [B,C], which forward computes with the loss:
 * [(1-e)·w_y·(p - onehot(y)) + e/C·(p·Σw - w)] / Σ_i w_y, times the upstream gradient.
 * Source: torch.nn.CrossEntropyLoss(weight, label_smoothing, reduction='mean').
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { keep, mul, scalar, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { KernelFunction } from '../contract.ts';
import { floats, ints, makeFloats, type Reals } from '../cpu-values.ts';
import { defineOp, expectShape, sizeOf } from '../define-op.ts';
import { runKernel } from '../run-kernel.ts';

const units = new WeakSet<Tensor>();

/**
 * The gradient of a loss with respect to itself: a kept scalar 1 on the current backend, to be given to tfjs as `dy` and disposed by
 * the caller. The losses know it and spare the multiplication by 1.
 */
export function unitGradient(): Scalar {
  const one = keep(scalar(1));
  units.add(one);
  return one;
}

/** Whether it is one of those. */
export function isUnitGradient(dy: Tensor): boolean {
  return units.has(dy);
}

type Constants = { labels: Tensor; classWeights: Tensor | undefined; labelSmoothing: number };

const record = defineOp<{ logits: Tensor }, Constants, { dlogits: Tensor }>({
  forward: ({ logits }, { labels, classWeights, labelSmoothing }) => {
    const inputs = { logits, labels, ...(classWeights && { classWeights }) };
    const [output, dlogits] = runKernel('CrossEntropy', inputs, { labelSmoothing });
    return { output, kept: { dlogits } };
  },
  backward: (dy, { dlogits }) => ({ logits: isUnitGradient(dy) ? dlogits.clone() : mul(dlogits, dy) }),
});

/** logits [B,C], labels int32 [B] in [0, C), classWeights [C] -> the mean loss []. */
export function crossEntropy(
  logits: Tensor,
  labels: Tensor,
  options: { readonly classWeights?: Tensor; readonly labelSmoothing?: number } = {},
): Tensor {
  const { classWeights, labelSmoothing = 0 } = options;
  expectShape('crossEntropy', 'logits', logits, [-1, -1]);
  expectShape('crossEntropy', 'labels', labels, [sizeOf(logits, 0)]);
  if (classWeights) expectShape('crossEntropy', 'classWeights', classWeights, [sizeOf(logits, 1)]);
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new Error(`crossEntropy: label smoothing must be in [0, 1], is ${labelSmoothing}`);
  }
  return record({ logits }, { labels, classWeights, labelSmoothing });
}

/** The loss and dlogits [B,C], in f64. */
export function crossEntropyForward(
  logits: Reals,
  labels: Int32Array,
  classWeights: Reals | undefined,
  labelSmoothing: number,
): { loss: number; dlogits: Float64Array } {
  const B = labels.length;
  const C = logits.length / B;
  const weights = classWeights ?? new Float64Array(C).fill(1);
  let allWeights = 0;
  for (const weight of weights) allWeights += weight;
  let labelWeights = 0;
  for (const label of labels) labelWeights += weights[label]!;
  const dlogits = new Float64Array(B * C);
  let loss = 0;
  labels.forEach((label, row) => {
    const scores = logits.subarray(row * C, (row + 1) * C);
    const largest = Math.max(...scores);
    let sum = 0;
    for (const score of scores) sum += Math.exp(score - largest);
    const logSum = largest + Math.log(sum);
    for (let c = 0; c < C; c++) {
      const logP = scores[c]! - logSum;
      const hit = c === label ? 1 : 0;
      const target = (1 - labelSmoothing) * weights[label]! * hit + (labelSmoothing / C) * weights[c]!;
      const mass = (1 - labelSmoothing) * weights[label]! + (labelSmoothing / C) * allWeights;
      loss -= (target * logP) / labelWeights;
      dlogits[row * C + c] = (Math.exp(logP) * mass - target) / labelWeights;
    }
  });
  return { loss, dlogits };
}

export const crossEntropyCpu: KernelFunction<'CrossEntropy', MathBackendCPU> = (inputs, { labelSmoothing }, backend) => {
  const { loss, dlogits } = crossEntropyForward(
    floats(backend, inputs.logits),
    ints(backend, inputs.labels),
    inputs.classWeights && floats(backend, inputs.classWeights),
    labelSmoothing,
  );
  return [makeFloats(backend, [], Float64Array.of(loss)), makeFloats(backend, inputs.logits.shape, dlogits)];
};
