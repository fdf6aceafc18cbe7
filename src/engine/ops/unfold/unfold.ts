/**
 * What a convolution over the tokens of each row sees: y[t, h·size + j] = x[t + j - ⌊size/2⌋, h], 0 where that token is of another row or of
 * none. x [T,H], offsets int32 [B+1], size odd -> [T, H·size]. With a weight [out, H, size] of torch.nn.Conv1d, read as [out, H·size], a linear
 * layer of y is the convolution with padding ⌊size/2⌋, each row by itself.
 * Kept for backward: nothing. dx[s, h] = Σ_j dy[s - j + ⌊size/2⌋, h·size + j] over the tokens of the same row, j ascending.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelFunction } from '../contract.ts';
import { floats, ints, makeFloats, type Reals } from '../cpu-values.ts';
import { defineOp, expectShape, sizeOf } from '../define-op.ts';
import { runKernel } from '../run-kernel.ts';

const record = defineOp<{ x: Tensor }, { offsets: Tensor; size: number }, Record<string, never>>({
  forward: ({ x }, { offsets, size }) => ({ output: runKernel('Unfold', { x, offsets }, { size })[0], kept: {} }),
  backward: (dy, _kept, { offsets, size }) => ({ x: runKernel('UnfoldGrad', { dy, offsets }, { size })[0] }),
});

/** x [T,H], offsets int32 [B+1], size odd -> [T, H·size]. */
export function unfold(x: Tensor, offsets: Tensor, size: number): Tensor {
  expectShape('unfold', 'x', x, [-1, -1]);
  expectShape('unfold', 'offsets', offsets, [-1]);
  if (!Number.isInteger(size) || size < 1 || size % 2 === 0) throw new Error(`unfold: size must be odd, is ${size}`);
  return record({ x }, { offsets, size });
}

/** Calls back for each token t of each row and each j whose neighbour t + j - ⌊size/2⌋ is of the same row. */
function forEachNeighbour(offsets: Int32Array, size: number, visit: (t: number, j: number, neighbour: number) => void): void {
  const before = (size - 1) / 2;
  for (let row = 0; row + 1 < offsets.length; row++) {
    const [first, end] = [offsets[row]!, offsets[row + 1]!];
    for (let t = first; t < end; t++) {
      for (let j = Math.max(0, first + before - t); j < Math.min(size, end + before - t); j++) visit(t, j, t + j - before);
    }
  }
}

/** y [T, H·size], in f64. */
export function unfoldForward(x: Reals, offsets: Int32Array, H: number, size: number): Float64Array {
  const y = new Float64Array(x.length * size);
  forEachNeighbour(offsets, size, (t, j, neighbour) => {
    for (let h = 0; h < H; h++) y[(t * H + h) * size + j] = x[neighbour * H + h]!;
  });
  return y;
}

/** dx [T,H], in f64. */
export function unfoldBackward(dy: Reals, offsets: Int32Array, H: number, size: number): Float64Array {
  const dx = new Float64Array(dy.length / size);
  forEachNeighbour(offsets, size, (t, j, neighbour) => {
    for (let h = 0; h < H; h++) dx[neighbour * H + h]! += dy[(t * H + h) * size + j]!;
  });
  return dx;
}

export const unfoldCpu: KernelFunction<'Unfold', MathBackendCPU> = ({ x, offsets }, { size }, backend) => {
  const [T, H] = [sizeOf(x, 0), sizeOf(x, 1)];
  return [makeFloats(backend, [T, H * size], unfoldForward(floats(backend, x), ints(backend, offsets), H, size))];
};

export const unfoldGradCpu: KernelFunction<'UnfoldGrad', MathBackendCPU> = ({ dy, offsets }, { size }, backend) => {
  const [T, H] = [sizeOf(dy, 0), sizeOf(dy, 1) / size];
  return [makeFloats(backend, [T, H], unfoldBackward(floats(backend, dy), ints(backend, offsets), H, size))];
};
