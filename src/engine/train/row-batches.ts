/**
 * Rows as batches on the device, and what a model says of all of them. Where the encoder learns nothing, its output for a row is the same in
 * every epoch: it is computed once, in evaluation mode (without dropout, which Trainer would leave on in frozen layers), and kept here, H
 * numbers a row; a batch is then a few rows of it.
 */
import { tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { macrotask } from '../../lib/macrotask.ts';
import { packBatch } from '../../text/packing.ts';
import type { TokenRows } from '../../text/types.ts';
import { disposeBatch, makeBatch, type BatchTensors, type Classifier, type EncodedBatch } from '../models/classifier.ts';
import { hardwareHabits } from './hardware.ts';
import { batchesOf } from './sampler.ts';

export interface BatchRows extends TokenRows {
  /** The encoder's output [rows, H], row after row, where it was computed before. */
  readonly encoded?: Float32Array;
}

export interface ReadOptions {
  readonly batchSize?: number;
  /** Called after each batch with the rows done. */
  readonly onProgress?: (rowsDone: number) => void;
  /** Ends the work early; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const BATCH_SIZE = 32;

function makeTokenBatch(model: Classifier, rows: TokenRows, indices: ArrayLike<number>): BatchTensors {
  return makeBatch(packBatch(rows, indices, hardwareHabits().roundTokensTo), model);
}

/** A batch of these rows, which the caller disposes, and the real tokens that it stands for. */
export function batchOfRows(
  model: Classifier,
  rows: BatchRows,
  indices: Uint32Array,
): { readonly batch: BatchTensors | EncodedBatch; readonly tokens: number } {
  const tokens = indices.reduce((sum, row) => sum + rows.offsets[row + 1]! - rows.offsets[row]!, 0);
  if (!rows.encoded) return { batch: makeTokenBatch(model, rows, indices), tokens };
  const H = model.hiddenSize;
  const values = new Float32Array(indices.length * H);
  indices.forEach((row, i) => values.set(rows.encoded!.subarray(row * H, (row + 1) * H), i * H));
  return { batch: { encoded: tensor(values, [indices.length, H]) }, tokens }; // [B,H]
}

/** `compute`'s [B, width] for batches of all rows, laid end to end: [rows, width]. Without a tape. */
async function readBatches<Batch extends BatchTensors | EncodedBatch>(
  rows: TokenRows,
  width: number,
  make: (indices: Uint32Array) => Batch,
  compute: (batch: Batch) => Tensor,
  { batchSize = BATCH_SIZE, onProgress, signal }: ReadOptions,
): Promise<Float32Array> {
  const { mostUnread } = hardwareHabits();
  const rowCount = rows.offsets.length - 1;
  const order = Uint32Array.from({ length: rowCount }, (_, row) => row);
  const results = new Float32Array(rowCount * width);
  let unread: Tensor[] = [];
  let written = 0;
  const readAll = async (): Promise<void> => {
    const tensors = unread;
    unread = [];
    try {
      for (const values of await Promise.all(tensors.map((each) => each.data()))) {
        results.set(values, written);
        written += values.length;
      }
    } finally {
      for (const each of tensors) each.dispose();
    }
  };
  try {
    let rowsDone = 0;
    for (const indices of batchesOf(order, batchSize)) {
      const batch = make(indices);
      unread.push(tidy(() => compute(batch)));
      disposeBatch(batch);
      if (unread.length >= mostUnread) await readAll();
      rowsDone += indices.length;
      onProgress?.(rowsDone);
      await macrotask();
      signal?.throwIfAborted();
    }
    await readAll();
  } finally {
    for (const each of unread) each.dispose();
  }
  return results;
}

/** `compute`'s [B, width] for all rows: [rows, width]. */
export function readRows(
  model: Classifier,
  rows: BatchRows,
  width: number,
  compute: (batch: BatchTensors | EncodedBatch) => Tensor,
  options: ReadOptions,
): Promise<Float32Array> {
  return readBatches(rows, width, (indices) => batchOfRows(model, rows, indices).batch, compute, options);
}

/** The rows with the encoder's output. Rejects with the signal's reason when it is aborted. */
export async function encodeRows<Rows extends TokenRows>(
  model: Classifier,
  rows: Rows,
  options: ReadOptions,
): Promise<Rows & BatchRows> {
  const make = (indices: Uint32Array): BatchTensors => makeTokenBatch(model, rows, indices);
  const encoded = await readBatches(rows, model.hiddenSize, make, (batch) => model.encode(batch), options);
  return { ...rows, encoded };
}
