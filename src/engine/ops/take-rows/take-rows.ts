/**
 * Some rows of a matrix: y[i] = x[rows[i]]. x [T,H], rows int32 [B], each row at most once -> [B,H].
 * Kept for backward: nothing but the row numbers. dx [T,H] is dy at the rows taken and 0 elsewhere.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelFunction } from '../contract.ts';
import { floats, ints, makeFloats, type Reals } from '../cpu-values.ts';
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

/** The rows [B,H] of x [T,H], in f64. */
export function takeRowsForward(x: Reals, rows: Int32Array, H: number): Float64Array {
  const taken = new Float64Array(rows.length * H);
  rows.forEach((row, i) => taken.set(x.subarray(row * H, (row + 1) * H), i * H));
  return taken;
}

/** dx [rowCount,H] of dy [B,H], in f64. */
export function takeRowsBackward(dy: Reals, rows: Int32Array, rowCount: number, H: number): Float64Array {
  const dx = new Float64Array(rowCount * H);
  rows.forEach((row, i) => dx.set(dy.subarray(i * H, (i + 1) * H), row * H));
  return dx;
}

export const takeRowsCpu: KernelFunction<'TakeRows', MathBackendCPU> = ({ x, rows }, _attrs, backend) => {
  const H = sizeOf(x, 1);
  return [makeFloats(backend, [sizeOf(rows, 0), H], takeRowsForward(floats(backend, x), ints(backend, rows), H))];
};

export const takeRowsGradCpu: KernelFunction<'TakeRowsGrad', MathBackendCPU> = ({ dy, rows }, { rowCount }, backend) => {
  const H = sizeOf(dy, 1);
  return [makeFloats(backend, [rowCount, H], takeRowsBackward(floats(backend, dy), ints(backend, rows), rowCount, H))];
};
