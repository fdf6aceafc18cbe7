/** Batches as PyTorch's Trainer makes them of the same rows. */
import type { LabelledRows } from '../../src/engine/train/arguments.ts';
import type { TorchBatch } from './steps.mjs';

/** Padded to the longest row of the batch. */
export function paddedBatch({ ids, offsets, targets }: LabelledRows, indices: Uint32Array): TorchBatch {
  const lines = Array.from(indices, (row) => [...ids.subarray(offsets[row], offsets[row + 1])]);
  const longest = Math.max(...lines.map((line) => line.length));
  const fill = (values: readonly number[]): number[] => [...values, ...new Array<number>(longest - values.length).fill(0)];
  return {
    input_ids: lines.map(fill),
    attention_mask: lines.map((line) => fill(line.map(() => 1))),
    labels: Array.from(indices, (row) => targets.labels[row]!),
  };
}
