/** Activate on WebGPU. Its gradient is the shader that a linear's has. */
import { util } from '@tensorflow/tfjs-core';
import { dispatch, output } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import type { KernelFunction } from '../contract.ts';
import { ACTIVATION_GRAD_THREADS, activationGradShader } from '../linear/linear.wgsl.ts';
import { ACTIVATE_THREADS, activateShader } from './activate.wgsl.ts';

export const activateWebgpu: KernelFunction<'Activate', GpuBackend> = ({ z }, { activation }, backend) => {
  const y = output(backend, z.shape);
  const workgroups = Math.ceil(util.sizeFromShape(z.shape) / ACTIVATE_THREADS);
  dispatch(backend, activateShader, { activation }, { z, y }, workgroups);
  return [y];
};

export const activateGradWebgpu: KernelFunction<'ActivateGrad', GpuBackend> = ({ dy, z }, { activation }, backend) => {
  const dz = output(backend, z.shape);
  const workgroups = Math.ceil(util.sizeFromShape(z.shape) / ACTIVATION_GRAD_THREADS);
  dispatch(backend, activationGradShader, { activation, vec4: false }, { dy, z, dz }, workgroups);
  return [dz];
};
