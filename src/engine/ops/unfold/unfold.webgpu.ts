/** Unfold on WebGPU. */
import { dispatch, output } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import type { KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import { unfoldGradShader, unfoldShader } from './unfold.wgsl.ts';

export const unfoldWebgpu: KernelFunction<'Unfold', GpuBackend> = ({ x, offsets }, { size }, backend) => {
  const [T, H] = [sizeOf(x, 0), sizeOf(x, 1)];
  const y = output(backend, [T, H * size]);
  dispatch(backend, unfoldShader, { H, size }, { x, offsets, y }, T);
  return [y];
};

export const unfoldGradWebgpu: KernelFunction<'UnfoldGrad', GpuBackend> = ({ dy, offsets }, { size }, backend) => {
  const [T, H] = [sizeOf(dy, 0), sizeOf(dy, 1) / size];
  const dx = output(backend, [T, H]);
  dispatch(backend, unfoldGradShader, { H, size }, { dy, offsets, dx }, T);
  return [dx];
};
