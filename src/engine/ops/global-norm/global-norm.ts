/**
 * The L2 norm over many tensors together: √(Σ over all their elements of g²), added in a fixed order.
 * Tensors of any shape -> [1]. Used under no tape: it has no gradient.
 * Source: the first half of torch.nn.utils.clip_grad_norm_; the other half, the scaling, is in adamw.ts.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelFunction } from '../contract.ts';
import { floats, makeFloats } from '../cpu-values.ts';
import { runKernel } from '../run-kernel.ts';

/** Tensors of any shape, at least one -> their common norm [1]. */
export function globalNorm(tensors: readonly Tensor[]): Tensor {
  if (tensors.length === 0) throw new Error('globalNorm: needs at least one tensor');
  return runKernel('GlobalNorm', Object.fromEntries(tensors.map((tensor, i) => [`g${i}`, tensor])), {})[0];
}

export const globalNormCpu: KernelFunction<'GlobalNorm', MathBackendCPU> = (inputs, _attrs, backend) => {
  let sum = 0;
  for (const tensor of Object.values(inputs)) for (const value of floats(backend, tensor)) sum += value * value;
  return [makeFloats(backend, [1], Float64Array.of(Math.sqrt(sum)))];
};
