/** TakeRows on WebGPU. */
import { dispatch, output } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import type { KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import { takeRowsGradShader, takeRowsShader } from './take-rows.wgsl.ts';

export const takeRowsWebgpu: KernelFunction<'TakeRows', GpuBackend> = ({ x, rows }, _attrs, backend) => {
  const [B, H] = [sizeOf(rows, 0), sizeOf(x, 1)];
  const y = output(backend, [B, H]);
  dispatch(backend, takeRowsShader, { H }, { x, rows, y }, B);
  return [y];
};

export const takeRowsGradWebgpu: KernelFunction<'TakeRowsGrad', GpuBackend> = ({ dy, rows }, { rowCount }, backend) => {
  const H = sizeOf(dy, 1);
  const dx = output(backend, [rowCount, H]);
  dispatch(backend, takeRowsGradShader, { H }, { dy, rows, dx }, rowCount);
  return [dx];
};
