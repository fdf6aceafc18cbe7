/** Accumulate on WebGPU. The first is a copy, which a recorded step leaves out: its gradient is then written to the sum at once. */
import { util } from '@tensorflow/tfjs-core';
import { copyTensor, dispatch } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import type { KernelFunction } from '../contract.ts';
import { ELEMENTWISE_THREADS, accumulateShader } from '../elementwise.wgsl.ts';

export const accumulateWebgpu: KernelFunction<'Accumulate', GpuBackend> = ({ sum, value }, { first }, backend) => {
  if (first) {
    copyTensor(backend, value, sum);
    return [];
  }
  const size = util.sizeFromShape(sum.shape);
  const vec4 = size % 4 === 0;
  dispatch(backend, accumulateShader, { vec4 }, { sum, value }, Math.ceil(size / (vec4 ? 4 : 1) / ELEMENTWISE_THREADS));
  return [];
};
