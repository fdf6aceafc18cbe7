/**
 * How much GPU memory a training run will take, before anything is allocated: parameters and moments, and the largest of what a
 * recorded step needs at a time. Counted from what the ops keep for backward (each says so in its file) and where they reuse memory;
 * the counting device's test holds it within 10 %.
 */
import type { EncoderConfig, ModelConfig } from '../models/family.ts';
import { parameterSpecs } from '../models/families.ts';
import { sizeOfShape } from '../models/parameters.ts';
import { relativeSpan } from '../models/relative-positions.ts';

const FLOAT = 4;
/** T of a batch is a multiple of this on WebGPU (hardware.ts). */
const TOKENS_ROUNDED_TO = 64;

export interface BatchShape {
  /** Rows of a micro-batch. */
  readonly rows: number;
  /** Tokens of a row: max_length for the most that can be needed, or what rows have. */
  readonly length: number;
  /** gradient_accumulation_steps. */
  readonly microBatches?: number;
}

/** Bytes for training all parameters on WebGPU. */
export function estimateTrainingBytes(
  config: ModelConfig,
  classCount: number,
  { rows, length, microBatches = 1 }: BatchShape,
): number {
  const sizes = parameterSpecs(config, classCount).map(({ shape }) => FLOAT * sizeOfShape(shape));
  const parameters = sizes.reduce((sum, size) => sum + size, 0);
  const largest = Math.max(...sizes);
  const tokens = Math.ceil((rows * length) / TOKENS_ROUNDED_TO) * TOKENS_ROUNDED_TO;
  const { hidden_size: H, intermediate_size: F } = config;
  const layerGradient = FLOAT * (4 * H * H + 2 * H * F);
  const begin = keptBytes(config, tokens) + FLOAT * tokens * (2 * F + 4 * H);
  const end = FLOAT * tokens * 4 * config.embedding_size;
  // The largest gradient has a buffer of its own, in which only one activation at a time can lie before.
  const idle = Math.max(0, largest - FLOAT * tokens * Math.max(F, 3 * H));
  // Accumulated gradients are written to their sums at once; a following micro-batch has the largest one beside its sum.
  const step =
    microBatches > 1
      ? parameters + Math.max(begin + idle, end + largest)
      : Math.max(begin + layerGradient + idle, end + parameters);
  return 3 * parameters + step;
}

/** What forward keeps for backward. */
function keptBytes(config: EncoderConfig, tokens: number): number {
  const { hidden_size: H, intermediate_size: F, num_attention_heads: A, num_hidden_layers: L, embedding_size: E } = config;
  /** qkv, attention's result, two sums and their norms; the activation's input and result; lse, means and deviations. */
  const layer = 8 * H + 2 * F + A + 4;
  /** Behind its attention the last layer sees one token a row. */
  const lastLayer = 4 * H + A;
  const positions = config.relative ? 2 * relativeSpan(config.relative) * (4 * L + 2) * H : 0;
  return FLOAT * (tokens * (2 * E + (L - 1) * layer + lastLayer) + positions);
}
