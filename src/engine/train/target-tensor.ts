/** The targets of a batch as the losses take them. */
import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { Targets } from '../../lib/targets.ts';

/** Of the rows `indices`: int32 [B] of class indices, or f32 [B,C] of 0 and 1 where rows have several labels. The caller disposes it. */
export function targetTensor({ kind, labels }: Targets, indices: Uint32Array, C: number): Tensor {
  const B = indices.length;
  if (kind === 'single') {
    return tensor(
      Int32Array.from(indices, (row) => labels[row]!),
      [B],
      'int32',
    );
  }
  const flags = new Float32Array(B * C);
  indices.forEach((row, i) => flags.set(labels.subarray(row * C, (row + 1) * C), i * C));
  return tensor(flags, [B, C]);
}
