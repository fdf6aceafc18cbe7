/**
 * Where a training step's time goes. The step is a real one (train/training-step.ts), on a model whose weights nobody needs afterwards:
 * they change. Steps by the clock and steps under the profile take turns, so that what else the machine does hits both.
 */
import { macrotask } from '../../lib/macrotask.ts';
import { sumByKernel, type KernelCall, type KernelTime } from '../backend/kernel-times.ts';
import { profiling } from '../backend/profiling.ts';
import type { Classifier } from '../models/classifier.ts';
import type { CompleteArguments, LabelledRows } from './arguments.ts';
import { countTokens, encodeRows } from './row-batches.ts';
import { createTrainingStep } from './training-step.ts';

export interface StepProfile {
  readonly rows: number;
  /** Real tokens. */
  readonly tokens: number;
  /** A step by the clock, the mean of `steps`; without the overhead of timestamps. */
  readonly milliseconds: number;
  /** Steps of each kind that the figures are means of. */
  readonly steps: number;
  /** Nominal operations of the step: ENGINE's formula for real tokens, so that fractions of the peak can be compared. */
  readonly flops: number;
  /** Of one step, the mean; the slowest first. */
  readonly kernels: readonly KernelTime[];
}

export interface ProfileOptions {
  /** No further pair of steps begins after so long; at least one is made. */
  readonly budgetMs?: number;
  readonly mostSteps?: number;
  /** 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** All `rows` are the batch, the same one for each step. Throws what a step throws. */
export async function profileStep(
  model: Classifier,
  rows: LabelledRows,
  args: CompleteArguments,
  { budgetMs = 2000, mostSteps = 10, onProgress = () => undefined }: ProfileOptions = {},
): Promise<StepProfile> {
  const indices = Uint32Array.from({ length: rows.offsets.length - 1 }, (_, row) => row);
  const step = createTrainingStep(model, model.encoderLearns ? rows : await encodeRows(model, rows, {}), args);
  const take = async (): Promise<void> => {
    const taken = await step.take([indices], args.learning_rate);
    await taken.read();
    taken.dispose();
  };
  try {
    await step.prepare([indices], (fraction) => onProgress(fraction / 2));
    // The first run of kernels is not like the others: caches and compilers warm up.
    await take();
    const from = performance.now();
    let steps = 0;
    let milliseconds = 0;
    const calls: KernelCall[] = [];
    do {
      await macrotask();
      const begin = performance.now();
      await take();
      milliseconds += performance.now() - begin;
      calls.push(...(await profiling().profile(take)));
      steps++;
      onProgress(0.5 + steps / mostSteps / 2);
    } while (steps < mostSteps && performance.now() - from < budgetMs);
    return {
      rows: indices.length,
      tokens: countTokens(rows, indices),
      milliseconds: milliseconds / steps,
      steps,
      flops: model.stepFlops(lengthsOf(rows, indices)),
      kernels: sumByKernel(calls).map((sum) => meanOf(sum, steps)),
    };
  } finally {
    step.dispose();
  }
}

function lengthsOf({ offsets }: LabelledRows, indices: Uint32Array): number[] {
  return Array.from(indices, (row) => offsets[row + 1]! - offsets[row]!);
}

function meanOf({ kernel, calls, milliseconds, flops, bytes }: KernelTime, steps: number): KernelTime {
  return {
    kernel,
    calls: calls / steps,
    milliseconds: milliseconds === null ? null : milliseconds / steps,
    flops: flops / steps,
    bytes: bytes / steps,
  };
}
