/** Accumulate on the simd backend: `Add` with its first operand as its result. */
import type { SimdBackend } from '../../backend/simd/backend.ts';
import { ELEMENT_BLOCK } from '../../backend/simd/blocks.ts';
import { addWork } from '../../backend/simd/add-work.ts';
import { ADD } from '../../backend/simd/kernel-numbers.ts';
import type { KernelFunction } from '../contract.ts';

export const accumulateSimd: KernelFunction<'Accumulate', SimdBackend> = ({ sum, value }, { first }, backend) => {
  const size = sum.shape.reduce((product, side) => product * side, 1);
  const [to, from] = [backend.address(sum), backend.address(value)];
  if (first) backend.view(sum).set(backend.view(value));
  else backend.jobs.run(ADD, Math.ceil(size / ELEMENT_BLOCK), [to, from, to, size], addWork(size));
  return [];
};
