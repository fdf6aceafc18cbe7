/**
 * Some rows of a matrix: y[i] = x[rows[i]]. x [T,H], rows int32 [B], each row at most once -> [B,H].
 * Kept for backward: nothing but the row numbers. dx [T,H] is dy at the rows taken and 0 elsewhere.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelFunction } from '../contract.ts';
import { floats, ints } from '../cpu-values.ts';
import { defineOp, expectShape, sizeOf } from '../define-op.ts';
import { runKernel } from '../run-kernel.ts';

const record = defineOp<{ x: Tensor }, { rows: Tensor; rowCount: number }, Record<string, never>>({
  forward: ({ x }, { rows }) => ({ output: runKernel('TakeRows', { x, rows }, {})[0], kept: {} }),
  backward: (dy, _kept, { rows, rowCount }) => ({ x: runKernel('TakeRowsGrad', { dy, rows }, { rowCount })[0] }),
});

/** x [T,H], rows int32 [B] within [0, T), each at most once -> [B,H]. */
export function takeRows(x: Tensor, rows: Tensor): Tensor {
  expectShape('takeRows', 'x', x, [-1, -1]);
  expectShape('takeRows', 'rows', rows, [-1]);
  return record({ x }, { rows, rowCount: sizeOf(x, 0) });
}

export const takeRowsCpu: KernelFunction<'TakeRows', MathBackendCPU> = ({ x, rows }, _attrs, backend) => {
  const H = sizeOf(x, 1);
  const from = floats(backend, x);
  const taken = new Float32Array(sizeOf(rows, 0) * H);
  ints(backend, rows).forEach((row, i) => taken.set(from.subarray(row * H, (row + 1) * H), i * H));
  return [backend.makeTensorInfo([sizeOf(rows, 0), H], 'float32', taken)];
};

export const takeRowsGradCpu: KernelFunction<'TakeRowsGrad', MathBackendCPU> = ({ dy, rows }, { rowCount }, backend) => {
  const H = sizeOf(dy, 1);
  const from = floats(backend, dy);
  const dx = new Float32Array(rowCount * H);
  ints(backend, rows).forEach((row, i) => dx.set(from.subarray(i * H, (i + 1) * H), row * H));
  return [backend.makeTensorInfo([rowCount, H], 'float32', dx)];
};
