/**
 * How much memory a training run will take on the device, before anything is allocated: weights, moments, and the largest of what a step or
 * an evaluation needs at a time. Pure and quick (some milliseconds), for any thread: it needs no backend. Tests hold it within 10 % of what is
 * then allocated.
 */
import type { ModelConfig } from '../models/family.ts';
import { tokenMultiple } from '../../text/packing.ts';
import type { CompleteArguments } from './arguments.ts';
import { countParameters, sketchForward, type SketchOptions } from './model-sketch.ts';
import { epochOrder, stepsOf } from './sampler.ts';
import { learningOf } from './what-learns.ts';

const FLOAT = 4;
/** Of a long run, the batches of so many epochs are looked through. */
const EPOCHS_LOOKED_THROUGH = 3;

export interface MemoryQuestion {
  readonly config: ModelConfig;
  readonly classCount: number;
  readonly backend: 'webgpu' | 'simd';
  /** From `completeArguments`. */
  readonly args: CompleteArguments;
  /**
   * Where each training row begins in tokens, and the end of the last (`TokenRows.offsets`): the run's own batches are looked through for
   * the largest. Without them every row is taken to be as long as it may.
   */
  readonly offsets?: ArrayLike<number>;
}

/** Bytes. */
export interface MemoryEstimate {
  /** All of it: on `webgpu` GPU memory; on `simd` of the CPU engine's heap, which holds 4 GiB at most. */
  readonly bytes: number;
  /** The model's weights, frozen ones too. */
  readonly weights: number;
  /** AdamW's two moments of each weight that learns. */
  readonly moments: number;
  /** Gradients and what is kept for backward at the moment when they are most, sums of gradients over micro-batches too. */
  readonly step: number;
  /** Tokens of the largest micro-batch, which this is for. */
  readonly tokens: number;
}

/** Throws a `Problem` where the arguments ask of the model what it has not (layers, modules for LoRA). */
export function estimateMemory(question: MemoryQuestion): MemoryEstimate {
  const { config, classCount, args } = question;
  const learning = learningOf(args);
  const counts = countParameters(config, classCount, learning);
  const largest = largestBatch(question);
  const accumulates = largest.microBatches > 1;
  const sums = accumulates ? FLOAT * counts.learning : 0;
  const training = programBytes(
    question,
    {
      learning,
      classCount,
      ...largest,
      training: true,
      halves: args.fp16,
      checkpointing: args.gradient_checkpointing,
      encoded: !counts.encoderLearns,
    },
    accumulates,
  );
  const evaluation = programBytes(
    question,
    { learning, classCount, ...evaluationBatch(question), training: false, halves: false, checkpointing: false, encoded: false },
    false,
  );
  const [weights, moments] = [FLOAT * counts.all, 2 * FLOAT * counts.learning];
  const step = Math.max(sums + training, evaluation);
  return { bytes: weights + moments + step, weights, moments, step, tokens: largest.tokens };
}

interface Batch {
  readonly tokens: number;
  readonly rows: number;
}

function programBytes({ config, backend }: MemoryQuestion, options: SketchOptions, accumulates: boolean): number {
  const isGpu = backend === 'webgpu';
  const to = isGpu ? tokenMultiple(options.tokens) : 1;
  const { sketch, logits } = sketchForward(config, { ...options, tokens: Math.ceil(options.tokens / to) * to });
  // Recorded, a gradient is added to its sum as soon as it is there.
  if (options.training) sketch.finish(logits, !(isGpu && accumulates));
  return isGpu ? sketch.plannedBytes() : sketch.liveBytes();
}

/** The micro-batch with the most tokens. */
function largestBatch({ config, args, offsets }: MemoryQuestion): Batch & { readonly microBatches: number } {
  const { per_device_train_batch_size: rows, gradient_accumulation_steps: microBatches } = args;
  const rowCount = offsets ? offsets.length - 1 : 0;
  let largest = { tokens: 0, rows: 0, microBatches: 1 };
  if (!offsets || rowCount < 1) return { tokens: rows * longestRow(config, args), rows, microBatches };
  for (let epoch = 0; epoch < Math.min(args.num_train_epochs, EPOCHS_LOOKED_THROUGH); epoch++) {
    for (const step of stepsOf(epochOrder(rowCount, args.seed, epoch), rows, microBatches)) {
      for (const indices of step) {
        const tokens = indices.reduce((sum, row) => sum + offsets[row + 1]! - offsets[row]!, 0);
        if (tokens > largest.tokens) largest = { tokens, rows: indices.length, microBatches: step.length };
      }
    }
  }
  return largest;
}

/** An evaluation's batch of rows of common length. */
function evaluationBatch({ config, args, offsets }: MemoryQuestion): Batch {
  const rows = args.per_device_eval_batch_size;
  const rowCount = offsets ? offsets.length - 1 : 0;
  const length = offsets && rowCount > 0 ? (offsets[rowCount]! - offsets[0]!) / rowCount : longestRow(config, args);
  return { tokens: Math.ceil(rows * length), rows };
}

function longestRow({ max_position_embeddings, position_offset }: ModelConfig, { max_length }: CompleteArguments): number {
  return Math.min(max_length, max_position_embeddings - position_offset);
}
