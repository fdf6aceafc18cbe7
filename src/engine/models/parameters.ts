/**
 * The parameters of a classifier as a table: our name, the shape, and which tensors of a Hugging Face file they are made of. Loading,
 * export, weight decay and counting all read such tables; nothing here computes. Our names are BERT's in every family.
 */
import type { EncoderConfig } from './family.ts';

/** `pooler` is the dense layer between encoder and classifier, `classifier` the last one, of which each class has a row. */
export type ParameterPart = 'encoder' | 'pooler' | 'classifier';

export interface ParameterSpec {
  /** Unique; "...self.qkv..." where query, key and value are joined. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly part: ParameterPart;
  /** Weight decay: none on biases and LayerNorm, as transformers' Trainer. */
  readonly decay: boolean;
  /** The shape in the file where it is another view of the same numbers. */
  readonly storedShape?: readonly number[];
  /** Names in the file that `transformers` writes; several are joined along the first axis, in this order. */
  readonly stored: readonly string[];
}

/** A table of rows [rows, width]. */
export function embeddingSpec(name: string, rows: number, width: number, stored: string): ParameterSpec {
  return { name: `${name}.weight`, shape: [rows, width], part: 'encoder', decay: true, stored: [`${stored}.weight`] };
}

/** A linear layer: weight [outputs, inputs] and bias [outputs], of one module of the file or several joined. */
export function denseSpecs(
  part: ParameterPart,
  name: string,
  [outputs, inputs]: readonly [number, number],
  ...stored: readonly string[]
): readonly ParameterSpec[] {
  const from = (kind: string): readonly string[] => stored.map((module) => `${module}.${kind}`);
  return [
    { name: `${name}.weight`, shape: [outputs, inputs], part, decay: true, stored: from('weight') },
    { name: `${name}.bias`, shape: [outputs], part, decay: false, stored: from('bias') },
  ];
}

/** A LayerNorm: weight and bias [size]. */
export function normSpecs(name: string, size: number, stored: string): readonly ParameterSpec[] {
  return ['weight', 'bias'].map((kind) => ({
    name: `${name}.${kind}`,
    shape: [size],
    part: 'encoder',
    decay: false,
    stored: [`${stored}.${kind}`],
  }));
}

/** How many numbers a shape holds. */
export function sizeOfShape(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** The shape of each of the tensors that a parameter is stored as. */
export function storedShape({ shape, stored, storedShape: other }: ParameterSpec): readonly number[] {
  if (other) return other;
  return shape.map((side, axis) => (axis === 0 ? side / stored.length : side));
}

/**
 * Floating point operations of one training step over rows of these lengths, counting real tokens only: 3 times the forward's,
 * matmuls of the layers only; for F = 4H it is ENGINE.md's 72·L·B·S·H²·(1 + S/(6H)). It is a nominal figure: the last layer, which
 * computes only the first token of each row behind its attention, does less.
 */
export function trainingStepFlops(config: EncoderConfig, rowLengths: Iterable<number>): number {
  const { hidden_size: H, intermediate_size: F, num_hidden_layers: L } = config;
  let flops = 0;
  for (const S of rowLengths) flops += S * (24 * H * H + 12 * H * F) + 12 * S * S * H;
  return L * flops;
}
