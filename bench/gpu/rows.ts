/** The sample as token rows, and batches of it as ours and the stock model take them. */
import * as tf from '@tensorflow/tfjs';
import Papa from 'papaparse';
import { packBatch, tokenMultiple } from '../../src/text/packing.ts';
import { createTokenizer } from '../../src/text/tokenizer.ts';
import type { LabelledRows } from '../../src/engine/train/arguments.ts';
import { batchesOf, epochOrder } from '../../src/engine/train/sampler.ts';
import type { StockBatch } from '../stock/bert.ts';

/** Reads a file of public/ by its path there. */
export type ReadPublic = (path: string) => Promise<string>;

/** Rows of the sample with ids below `vocabulary`. */
export async function sampleRows(read: ReadPublic, vocabulary: number): Promise<LabelledRows> {
  const [tokenizerJson, csv] = await Promise.all(['models/starter/tokenizer.json', 'sample/sample.csv'].map(read));
  const table = Papa.parse<{ text: string; label: string }>(csv!, { header: true, skipEmptyLines: true }).data;
  const tokenizer = createTokenizer({ tokenizerJson: tokenizerJson!, tokenizerConfigJson: null });
  const { ids, offsets } = tokenizer.encode(
    table.map(({ text }) => text),
    128,
  );
  const labels = Int32Array.from(table, ({ label }) => (label === 'positive' ? 1 : 0));
  return { ids: ids.map((id) => id % vocabulary), offsets, targets: { kind: 'single', labels } };
}

export function lengthsOf({ offsets }: LabelledRows, indices: Uint32Array): number[] {
  return Array.from(indices, (row) => offsets[row + 1]! - offsets[row]!);
}

/** Padded to the longest row, on the current backend. */
export function stockBatch(rows: LabelledRows, indices: Uint32Array): StockBatch {
  const lengths = lengthsOf(rows, indices);
  const S = Math.max(...lengths);
  const ids = new Int32Array(indices.length * S);
  const mask = new Float32Array(indices.length * S);
  indices.forEach((row, i) => {
    ids.set(rows.ids.subarray(rows.offsets[row], rows.offsets[row + 1]), i * S);
    mask.fill(1, i * S, i * S + lengths[i]!);
  });
  const labels = Int32Array.from(indices, (row) => rows.targets.labels[row]!);
  return {
    ids: tf.tensor2d(ids, [indices.length, S], 'int32'),
    mask: tf.tensor2d(mask, [indices.length, S]),
    labels: tf.tensor1d(labels, 'int32'),
  };
}

/** Batches of `batchSize` shuffled rows, as the trainer takes them. */
export function shuffled(rows: LabelledRows, batchSize: number, epoch: number): readonly Uint32Array[] {
  return [...batchesOf(epochOrder(rows.offsets.length - 1, 1, epoch), batchSize)];
}

/** Tokens computed for each real one over an epoch of batches whose size is rounded up as on WebGPU. */
export function paddingOf(rows: LabelledRows, batchSize: number): number {
  let [computed, real] = [0, 0];
  for (const indices of shuffled(rows, batchSize, 0)) {
    const multiple = tokenMultiple(lengthsOf(rows, indices).reduce((sum, length) => sum + length, 0));
    const { ids, tokenCount } = packBatch(rows, indices, multiple);
    computed += ids.length;
    real += tokenCount;
  }
  return computed / real;
}
