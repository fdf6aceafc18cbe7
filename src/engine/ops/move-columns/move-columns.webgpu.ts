/** MoveColumns on WebGPU. */
import { dispatch, output } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import type { KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import { MOVE_COLUMNS_THREADS, moveColumnsShader } from './move-columns.wgsl.ts';

export const moveColumnsWebgpu: KernelFunction<'MoveColumns', GpuBackend> = ({ x }, move, backend) => {
  const [T, W] = [sizeOf(x, 0), sizeOf(x, 1)];
  const y = output(backend, [T, move.width]);
  dispatch(backend, moveColumnsShader, { ...move, W }, { x, y }, Math.ceil((T * move.width) / MOVE_COLUMNS_THREADS));
  return [y];
};
