/** What training, evaluation and export need of a model, whatever its family. */
import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { PackedBatch } from '../../text/packing.ts';

/** A packed batch on the device: T tokens (rounded up), B rows. All int32. */
export interface BatchTensors {
  readonly ids: Tensor; // [T]
  readonly positions: Tensor; // [T]
  readonly types: Tensor; // [T]
  readonly offsets: Tensor; // [B+1]
  /** Where each row begins: its [CLS]. */
  readonly starts: Tensor; // [B]
}

export interface Parameter {
  readonly name: string;
  /** A kept tensor that training writes in place: nothing else may share its data. */
  readonly tensor: Tensor;
  readonly decay: boolean;
}

export interface ExportedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface Classifier {
  readonly classCount: number;
  /** Token ids must be below this. */
  readonly vocabularySize: number;
  /** The longest row, in tokens. */
  readonly maxLength: number;
  /** The position of a row's first token; null: the model has no table of positions. */
  readonly positionOffset: number | null;
  /** Without them every token is of type 0, whatever a tokenizer says. */
  readonly usesTokenTypes: boolean;
  readonly parameters: readonly Parameter[];
  readonly parameterCount: number;
  /**
   * [B,C] logits, on the tape where there is one. `rng` int32 [3] = [seed_lo, seed_hi, step] turns dropout on (training); null
   * leaves it off.
   */
  logits(batch: BatchTensors, rng: Tensor | null): Tensor;
  /** All weights under Hugging Face's names, read from the device. */
  exportTensors(): Promise<readonly ExportedTensor[]>;
  /** Nominal floating point operations of a training step over rows of these lengths. */
  stepFlops(rowLengths: Iterable<number>): number;
  dispose(): void;
}

/** A packed batch as this model takes it, on the host: what `BatchTensors` are made of. */
export function batchArrays(
  packed: PackedBatch,
  { positionOffset, usesTokenTypes }: Pick<Classifier, 'positionOffset' | 'usesTokenTypes'>,
): { readonly [Name in keyof BatchTensors]: Int32Array<ArrayBuffer> } {
  return {
    ids: packed.ids,
    positions: packed.positions.map((position) => (positionOffset === null ? 0 : position + positionOffset)),
    types: usesTokenTypes ? packed.types : new Int32Array(packed.types.length),
    offsets: packed.offsets,
    starts: packed.offsets.slice(0, -1),
  };
}

/** Puts a packed batch for this model on the current backend; the caller disposes it with `disposeBatch`. */
export function makeBatch(packed: PackedBatch, model: Pick<Classifier, 'positionOffset' | 'usesTokenTypes'>): BatchTensors {
  const arrays = batchArrays(packed, model);
  const column = (values: Int32Array): Tensor => tensor(values, [values.length], 'int32');
  return {
    ids: column(arrays.ids),
    positions: column(arrays.positions),
    types: column(arrays.types),
    offsets: column(arrays.offsets),
    starts: column(arrays.starts),
  };
}

export function disposeBatch(batch: BatchTensors): void {
  for (const each of Object.values<Tensor>({ ...batch })) each.dispose();
}
