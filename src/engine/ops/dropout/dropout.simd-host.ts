/** Dropout on the simd backend, and how its attributes reach any kernel that drops. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../../backend/simd/backend.ts';
import { ELEMENT_BLOCK } from '../../backend/simd/blocks.ts';
import { floatBits } from '../../backend/simd/jobs.ts';
import { DROPOUT } from '../../backend/simd/kernel-numbers.ts';
import type { DropoutAttrs, KernelFunction } from '../contract.ts';
import { dropoutScale, dropoutThreshold } from './philox.ts';

/** The four parameters that philox.simd.ts reads; the first is 0 when nothing is dropped. */
export function dropoutParams(backend: SimdBackend, rng: TensorInfo, { rate, stream }: DropoutAttrs): number[] {
  if (rate === 0) return [0, 0, 0, 0];
  return [backend.address(rng), stream, dropoutThreshold(rate), floatBits(dropoutScale(rate))];
}

export const dropoutSimd: KernelFunction<'Dropout', SimdBackend> = ({ x, rng }, { dropout }, backend) => {
  if (dropout.rate === 0) return [backend.shareTensor(x)];
  const y = backend.allocateTensor(x.shape);
  const size = x.shape.reduce((product, side) => product * side, 1);
  const params = [backend.address(x), backend.address(y), size, 0, ...dropoutParams(backend, rng, dropout)];
  backend.jobs.run(DROPOUT, Math.ceil(size / ELEMENT_BLOCK), params, { label: 'dropout', flops: 0, bytes: 8 * size });
  return [y];
};
