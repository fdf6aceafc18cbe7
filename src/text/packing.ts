/**
 * Batches without padding: the chosen rows' tokens laid end to end. Every op but attention sees [T, H]; attention goes through the
 * offsets, a row attends to itself only. Nothing here knows tensors.
 */
import type { TokenRows } from './types.ts';

export interface PackedBatch {
  /** [T] token ids; 0 behind the last row. */
  readonly ids: Int32Array<ArrayBuffer>;
  /** [T] each token's place within its row, from 0; 0 behind the last row. */
  readonly positions: Int32Array<ArrayBuffer>;
  /** [T] token types: 1 in a row's second text where the tokenizer says so, else 0; 0 behind the last row. */
  readonly types: Int32Array<ArrayBuffer>;
  /** [B+1] where each row begins; the last is the number of real tokens, which T may exceed. */
  readonly offsets: Int32Array<ArrayBuffer>;
  /** Real tokens, without those that round T up. */
  readonly tokenCount: number;
}

/** The rows `indices`, in that order, as one batch whose T is a multiple of `roundTo`. Throws for a row that has no token. */
export function packBatch(rows: TokenRows, indices: ArrayLike<number>, roundTo: number): PackedBatch {
  const offsets = new Int32Array(indices.length + 1);
  for (let row = 0; row < indices.length; row++) {
    const index = indices[row]!;
    const length = (rows.offsets[index + 1] ?? NaN) - (rows.offsets[index] ?? NaN);
    if (!(length > 0)) throw new RangeError(`packBatch: row ${index} of ${rows.offsets.length - 1} has no tokens`);
    offsets[row + 1] = offsets[row]! + length;
  }
  const tokenCount = offsets[indices.length]!;
  const T = Math.ceil(tokenCount / roundTo) * roundTo;
  const ids = new Int32Array(T);
  const positions = new Int32Array(T);
  const types = new Int32Array(T);
  for (let row = 0; row < indices.length; row++) {
    const from = rows.offsets[indices[row]!]!;
    const start = offsets[row]!;
    const length = offsets[row + 1]! - start;
    ids.set(rows.ids.subarray(from, from + length), start);
    for (let i = 0; i < length; i++) positions[start + i] = i;
    types.fill(1, start + (rows.typeOneFrom?.[indices[row]!] ?? length), start + length);
  }
  return { ids, positions, types, offsets, tokenCount };
}

/** T is rounded to a power of two near an eighth of it, within these: at most some 16 counts from one power of two to the next. */
const LEAST_MULTIPLE = 16;
const LARGEST_MULTIPLE = 64;

/**
 * What a batch of so many real tokens is rounded up to a multiple of where each token count costs a recording: on average a sixteenth more
 * tokens or less, and few counts.
 */
export function tokenMultiple(tokenCount: number): number {
  const eighth = 2 ** Math.floor(Math.log2(Math.max(1, tokenCount / 8)));
  return Math.min(Math.max(eighth, LEAST_MULTIPLE), LARGEST_MULTIPLE);
}
