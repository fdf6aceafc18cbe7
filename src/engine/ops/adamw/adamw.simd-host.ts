/** AdamW on the simd backend. */
import type { SimdBackend } from '../../backend/simd/backend.ts';
import { ELEMENT_BLOCK } from '../../backend/simd/blocks.ts';
import { ADAMW } from '../../backend/simd/kernel-numbers.ts';
import type { KernelFunction } from '../contract.ts';

export const adamWSimd: KernelFunction<'AdamW', SimdBackend> = (inputs, { decay }, backend) => {
  const { param, m, v, grad, norm, hyper } = inputs;
  const size = param.shape.reduce((product, side) => product * side, 1);
  const addresses = [param, m, v, grad, norm, hyper].map((tensor) => backend.address(tensor));
  // Reads four numbers and writes three of each parameter.
  const work = { label: 'adamw', flops: 13 * size, bytes: 28 * size };
  backend.jobs.run(ADAMW, Math.ceil(size / ELEMENT_BLOCK), [...addresses, size, Number(decay)], work);
  return [];
};
