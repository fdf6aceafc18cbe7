/** AdamW on WebGPU. */
import { util } from '@tensorflow/tfjs-core';
import { dispatch } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import type { KernelFunction } from '../contract.ts';
import { ADAMW_THREADS, adamWShader } from './adamw.wgsl.ts';

export const adamWWebgpu: KernelFunction<'AdamW', GpuBackend> = (inputs, { decay }, backend) => {
  const size = util.sizeFromShape(inputs.param.shape);
  const vec4 = size % 4 === 0;
  dispatch(backend, adamWShader, { decay, vec4 }, inputs, Math.ceil(size / (vec4 ? 4 : 1) / ADAMW_THREADS));
  return [];
};
