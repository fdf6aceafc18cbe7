/**
 * One AdamW step, in place on param, m and v. With g = grad · min(1, maxGradNorm / (norm + 1e-6)) and step t = 1, 2, ...:
 * param ← param·(1 - lr·λ) if `decay`; m ← β₁m + (1-β₁)g; v ← β₂v + (1-β₂)g²;
 * param ← param - lr/(1-β₁ᵗ) · m / (√v/√(1-β₂ᵗ) + eps).
 * param, m, v, grad of one shape; norm [1] from globalNorm; hyper f32 [8], its places in HYPER.
 * Source: Loshchilov and Hutter 2019 in the order of torch.optim.AdamW; clipping as torch.nn.utils.clip_grad_norm_.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { HYPER, type KernelFunction } from '../contract.ts';
import { floats, type Reals } from '../cpu-values.ts';
import { expectShape } from '../define-op.ts';
import { runKernel } from '../run-kernel.ts';

/** A parameter with its two moments; all three are written in place, so nothing else may share their data. */
export interface AdamWState {
  readonly param: Tensor;
  readonly m: Tensor;
  readonly v: Tensor;
}

/** Writes the step into `state`. Throws when another tensor (a clone, a reshape, a tape) shares the data of param, m or v. */
export function adamW(state: AdamWState, grad: Tensor, norm: Tensor, hyper: Tensor, decay: boolean): void {
  const { param, m, v } = state;
  for (const [name, tensor] of Object.entries({ m, v, grad })) expectShape('adamW', name, tensor, param.shape);
  expectShape('adamW', 'norm', norm, [1]);
  expectShape('adamW', 'hyper', hyper, [Object.keys(HYPER).length]);
  for (const [name, tensor] of Object.entries({ param, m, v })) {
    if (engine().backend.refCount(tensor.dataId) > 1) {
      throw new Error(`adamW: ${name} shares its data with another tensor and cannot be written in place`);
    }
  }
  runKernel('AdamW', { param, m, v, grad, norm, hyper }, { decay });
}

/** The step on plain arrays; param, m, v are written. `hyper` as in HYPER. */
export function adamWStep(
  state: {
    readonly param: Float32Array | Float64Array;
    readonly m: Float32Array | Float64Array;
    readonly v: Float32Array | Float64Array;
  },
  grad: Reals,
  norm: number,
  hyper: Reals,
  decay: boolean,
): void {
  const { param, m, v } = state;
  const lr = hyper[HYPER.learningRate]!;
  const beta1 = hyper[HYPER.beta1]!;
  const beta2 = hyper[HYPER.beta2]!;
  const maxGradNorm = hyper[HYPER.maxGradNorm]!;
  const clip = maxGradNorm > 0 ? Math.min(1, maxGradNorm / (norm + 1e-6)) : 1;
  const shrink = decay ? 1 - lr * hyper[HYPER.weightDecay]! : 1;
  const stepSize = lr / hyper[HYPER.correction1]!;
  const rootCorrection2 = Math.sqrt(hyper[HYPER.correction2]!);
  for (let i = 0; i < param.length; i++) {
    const g = grad[i]! * clip;
    const first = beta1 * m[i]! + (1 - beta1) * g;
    const second = beta2 * v[i]! + (1 - beta2) * g * g;
    m[i] = first;
    v[i] = second;
    param[i] = param[i]! * shrink - (stepSize * first) / (Math.sqrt(second) / rootCorrection2 + hyper[HYPER.eps]!);
  }
}

export const adamWCpu: KernelFunction<'AdamW', MathBackendCPU> = (inputs, { decay }, backend) => {
  const state = { param: floats(backend, inputs.param), m: floats(backend, inputs.m), v: floats(backend, inputs.v) };
  const [norm] = floats(backend, inputs.norm);
  adamWStep(state, floats(backend, inputs.grad), norm!, floats(backend, inputs.hyper), decay);
  return [];
};
