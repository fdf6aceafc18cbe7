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

/** Rows whose encoder has been computed before: its output for their first tokens. */
export interface EncodedBatch {
  readonly encoded: Tensor; // [B,H]
}

/** A parameter that learns. */
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

/** LoRA and what learnt beside it, under the names that peft gives them. */
export interface ExportedAdapter {
  readonly tensors: readonly ExportedTensor[];
  readonly r: number;
  readonly alpha: number;
  readonly dropout: number;
  readonly targetModules: readonly string[];
  readonly modulesToSave: readonly string[];
}

export interface Classifier {
  readonly classCount: number;
  readonly hiddenSize: number;
  /** Token ids must be below this. */
  readonly vocabularySize: number;
  /** The longest row, in tokens. */
  readonly maxLength: number;
  /** The position of a row's first token; null: the model has no table of positions. */
  readonly positionOffset: number | null;
  /** Without them every token is of type 0, whatever a tokenizer says. */
  readonly usesTokenTypes: boolean;
  /** Those that learn: the others are frozen (ops/frozen.ts), with neither gradient nor moments. */
  readonly parameters: readonly Parameter[];
  /** Numbers that learn, and numbers in all, LoRA's among both. */
  readonly learningCount: number;
  readonly parameterCount: number;
  /** Whether something below the head learns. If not, `encode` gives the same for a row in every epoch. */
  readonly encoderLearns: boolean;
  /**
   * [B,C] logits, on the tape where there is one. `rng` int32 [3] = [seed_lo, seed_hi, step] turns dropout on (training), in frozen
   * layers too, as in a PyTorch model in training mode; null leaves it off. With `checkpointing` backward keeps of each layer but the last
   * only what comes into it, and computes it again: the same bits in less memory.
   */
  logits(batch: BatchTensors | EncodedBatch, rng: Tensor | null, options?: { readonly checkpointing?: boolean }): Tensor;
  /** The encoder's output [B,H], without dropout: what an EncodedBatch has. */
  encode(batch: BatchTensors): Tensor;
  /** All weights under Hugging Face's names, read from the device; LoRA merged into them. */
  exportTensors(): Promise<readonly ExportedTensor[]>;
  /** Null unless the model learns by LoRA. */
  exportAdapter(): Promise<ExportedAdapter | null>;
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

export function disposeBatch(batch: BatchTensors | EncodedBatch): void {
  for (const each of Object.values<Tensor>({ ...batch })) each.dispose();
}
