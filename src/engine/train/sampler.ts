/** The order of the rows in an epoch, and its batches. Seeded: the same seed and epoch give the same order. */
import { createRandom, shuffle } from '../../lib/random.ts';

/** Row indices 0 .. rowCount-1 in the order of the epoch (from 0). */
export function epochOrder(rowCount: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length: rowCount }, (_, row) => row);
  return shuffle(order, createRandom((epoch + 1) * 2 ** 32 + (seed >>> 0)));
}

/** Parts of `batchSize` rows, the last one may be smaller. */
export function batchesOf(order: Uint32Array, batchSize: number): readonly Uint32Array[] {
  const count = Math.ceil(order.length / batchSize);
  return Array.from({ length: count }, (_, i) => order.subarray(i * batchSize, (i + 1) * batchSize));
}

/** Each part cut in two, so often as told; what has one row stays. The rows and their order stay the same. */
export function halveBatches(batches: readonly Uint32Array[], halvings: number): readonly Uint32Array[] {
  if (halvings <= 0) return batches;
  const halves = batches.flatMap((batch) => {
    const half = Math.ceil(batch.length / 2);
    return batch.length < 2 ? [batch] : [batch.subarray(0, half), batch.subarray(half)];
  });
  return halveBatches(halves, halvings - 1);
}

/** The epoch's batches as optimizer steps of `accumulate` micro-batches each, the last may have fewer. */
export function stepsOf(order: Uint32Array, batchSize: number, accumulate: number): readonly (readonly Uint32Array[])[] {
  const batches = batchesOf(order, batchSize);
  const count = Math.ceil(batches.length / accumulate);
  return Array.from({ length: count }, (_, i) => batches.slice(i * accumulate, (i + 1) * accumulate));
}
