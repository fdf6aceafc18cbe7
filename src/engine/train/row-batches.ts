/**
 * Rows as batches on the device, and what a model says of all of them. Where the encoder learns nothing, its output for a row is the same in
 * every epoch: it is computed once, in evaluation mode (without dropout, which Trainer would leave on in frozen layers), and kept here, H
 * numbers a row; a batch is then a few rows of it.
 */
import { tidy, type Tensor } from '@tensorflow/tfjs-core';
import { macrotask } from '../../lib/macrotask.ts';
import { packBatch } from '../../text/packing.ts';
import type { TokenRows } from '../../text/types.ts';
import { createPrograms, EAGER_PROGRAMS, type HostInput, type Program, type Programs } from '../backend/programs.ts';
import { batchArrays, type BatchTensors, type Classifier, type EncodedBatch } from '../models/classifier.ts';
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
  /** Where the caller has one (`definePass`) that serves many readings. */
  readonly pass?: Pass;
}

/** What is computed of a batch, [B, width], as a program. Its inputs are those of `batchInputs`. */
export type Pass = Program<string>;

const BATCH_SIZE = 32;

export function definePass(compute: (batch: BatchTensors | EncodedBatch) => Tensor, programs: Programs): Pass {
  return programs.define<string>((inputs) => [tidy(() => compute(batchOfInputs(inputs)))]);
}

/** A batch of these rows as inputs of a program. */
export function batchInputs(model: Classifier, rows: BatchRows, indices: Uint32Array): Readonly<Record<string, HostInput>> {
  if (!rows.encoded) {
    const multiple = hardwareHabits().tokenMultiple(countTokens(rows, indices));
    return { ...batchArrays(packBatch(rows, indices, multiple), model) };
  }
  const H = model.hiddenSize;
  const values = new Float32Array(indices.length * H);
  indices.forEach((row, i) => values.set(rows.encoded!.subarray(row * H, (row + 1) * H), i * H));
  return { encoded: { values, shape: [indices.length, H] } };
}

/** The batch among a program's tensors. */
export function batchOfInputs(inputs: Readonly<Record<string, Tensor>>): BatchTensors | EncodedBatch {
  const { encoded, ids, positions, types, offsets, starts } = inputs;
  if (encoded) return { encoded };
  if (!ids || !positions || !types || !offsets || !starts) throw new Error('a program lacks inputs of its batch');
  return { ids, positions, types, offsets, starts };
}

/** Real tokens of these rows. */
export function countTokens({ offsets }: TokenRows, indices: Uint32Array): number {
  return indices.reduce((sum, row) => sum + offsets[row + 1]! - offsets[row]!, 0);
}

/** `compute`'s [B, width] for batches of all rows, laid end to end: [rows, width]. Without a tape. */
export async function readRows(
  model: Classifier,
  rows: BatchRows,
  width: number,
  compute: (batch: BatchTensors | EncodedBatch) => Tensor,
  options: ReadOptions,
): Promise<Float32Array> {
  const { batchSize = BATCH_SIZE, onProgress, signal } = options;
  const { mostUnread } = hardwareHabits();
  const rowCount = rows.offsets.length - 1;
  // To record a pass for a sentence or two would take longer than to run it.
  const pass = options.pass ?? definePass(compute, rowCount > batchSize ? createPrograms() : EAGER_PROGRAMS);
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
      unread.push(...(await pass.run(batchInputs(model, rows, indices))));
      if (unread.length >= mostUnread) await readAll();
      rowsDone += indices.length;
      onProgress?.(rowsDone);
      await macrotask();
      signal?.throwIfAborted();
    }
    await readAll();
  } finally {
    for (const each of unread) each.dispose();
    if (!options.pass) pass.dispose();
  }
  return results;
}

/** The rows with the encoder's output. Rejects with the signal's reason when it is aborted. */
export async function encodeRows<Rows extends TokenRows>(
  model: Classifier,
  rows: Rows,
  options: ReadOptions,
): Promise<Rows & BatchRows> {
  const encode = (batch: BatchTensors | EncodedBatch): Tensor => {
    if ('encoded' in batch) throw new Error('these rows are encoded already');
    return model.encode(batch);
  };
  return { ...rows, encoded: await readRows(model, rows, model.hiddenSize, encode, options) };
}
