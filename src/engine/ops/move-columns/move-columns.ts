/**
 * Some columns of a matrix at another place: y [T,width], y[:, to .. to+count) = x[:, from .. from+count), 0 elsewhere; x [T,W].
 * Kept for backward: nothing. dx is the same on dy, from `to` to `from`, of width W.
 * DeBERTa's attention reads queries and keys of relative positions side by side: here those that a checkpoint has come to their place.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelFunction, MoveColumnsAttrs } from '../contract.ts';
import { floats, makeFloats, type Reals } from '../cpu-values.ts';
import { defineOp, expectShape, sizeOf } from '../define-op.ts';
import { runKernel } from '../run-kernel.ts';

const record = defineOp<{ x: Tensor }, { move: MoveColumnsAttrs; columns: number }, Record<string, never>>({
  forward: ({ x }, { move }) => ({ output: runKernel('MoveColumns', { x }, move)[0], kept: {} }),
  backward: (dy, _kept, { move: { from, to, count }, columns }) => ({
    x: runKernel('MoveColumns', { x: dy }, { from: to, to: from, count, width: columns })[0],
  }),
});

/** x [T,W] -> [T,width]; the columns must be within both. */
export function moveColumns(x: Tensor, move: MoveColumnsAttrs): Tensor {
  const { from, to, count, width } = move;
  expectShape('moveColumns', 'x', x, [-1, -1]);
  const columns = sizeOf(x, 1);
  if (count < 1 || from < 0 || to < 0 || from + count > columns || to + count > width) {
    throw new Error(`moveColumns: ${count} columns from ${from} of ${columns} to ${to} of ${width}`);
  }
  return record({ x }, { move, columns });
}

/** y [T,width], in f64. */
export function moveColumnsForward(x: Reals, T: number, { from, to, count, width }: MoveColumnsAttrs): Float64Array {
  const W = x.length / T;
  const y = new Float64Array(T * width);
  for (let t = 0; t < T; t++) y.set(x.subarray(t * W + from, t * W + from + count), t * width + to);
  return y;
}

export const moveColumnsCpu: KernelFunction<'MoveColumns', MathBackendCPU> = ({ x }, move, backend) => {
  const T = sizeOf(x, 0);
  return [makeFloats(backend, [T, move.width], moveColumnsForward(floats(backend, x), T, move))];
};
