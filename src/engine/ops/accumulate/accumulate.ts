/**
 * Adding up gradients over micro-batches: sum ← sum + value in place, or sum ← value for the first. Tensors of one shape.
 * Used under no tape: it has no gradient.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { engine, type Tensor } from '@tensorflow/tfjs-core';
import type { KernelFunction } from '../contract.ts';
import { floats } from '../cpu-values.ts';
import { expectShape } from '../define-op.ts';
import { runKernel } from '../run-kernel.ts';

/** `first`: what `sum` was does not count. Throws when another tensor shares the data of `sum`. */
export function accumulate(sum: Tensor, value: Tensor, first: boolean): void {
  expectShape('accumulate', 'value', value, sum.shape);
  if (engine().backend.refCount(sum.dataId) > 1) {
    throw new Error('accumulate: sum shares its data with another tensor and cannot be written in place');
  }
  runKernel('Accumulate', { sum, value }, { first });
}

export const accumulateCpu: KernelFunction<'Accumulate', MathBackendCPU> = ({ sum, value }, { first }, backend) => {
  const sums = floats(backend, sum);
  const values = floats(backend, value);
  if (first) sums.set(values);
  else for (let i = 0; i < sums.length; i++) sums[i]! += values[i]!;
  return [];
};
