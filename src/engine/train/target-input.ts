/** The targets of a batch as the losses take them. */
import type { Targets } from '../../lib/targets.ts';
import type { HostInput } from '../backend/programs.ts';

/** Of the rows `indices`: int32 [B] of class indices, or f32 [B,C] of 0 and 1 where rows have several labels. */
export function targetInput({ kind, labels }: Targets, indices: Uint32Array, C: number): HostInput {
  if (kind === 'single') return Int32Array.from(indices, (row) => labels[row]!);
  const values = new Float32Array(indices.length * C);
  indices.forEach((row, i) => values.set(labels.subarray(row * C, (row + 1) * C), i * C));
  return { values, shape: [indices.length, C] };
}
