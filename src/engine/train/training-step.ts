/**
 * One optimizer step over one or more micro-batches: the mean loss of all its rows, its gradient, and AdamW's update. Gradients are
 * added up on the device, so a step of many micro-batches needs the memory of one and a second set of gradients. What a micro-batch does
 * is a program (backend/programs.ts): the backend decides whether it is run or replayed.
 */
import { fill, getBackend, keep, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { macrotask } from '../../lib/macrotask.ts';
import { Problem } from '../../lib/problem.ts';
import { createPrograms, type HostInput, type Program } from '../backend/programs.ts';
import type { Classifier } from '../models/classifier.ts';
import { accumulate } from '../ops/accumulate/accumulate.ts';
import { unitGradient } from '../ops/cross-entropy/cross-entropy.ts';
import type { CompleteArguments, LabelledRows } from './arguments.ts';
import { weightsOfClasses, weightsOfPositives } from './class-weights.ts';
import { lossAndGradients } from './gradients.ts';
import { createAdamW, type Optimizer } from './optimizer.ts';
import type { RunCounts } from './run-state.ts';
import { batchInputs, batchOfInputs, countTokens, type BatchRows } from './row-batches.ts';
import { targetInput } from './target-input.ts';

/** A step that was handed to the device. */
export interface TakenStep {
  readonly rows: number;
  /** Real tokens, without those that round a batch up. */
  readonly tokens: number;
  /** Waits for the step. */
  read(): Promise<{ readonly loss: number; readonly gradNorm: number }>;
  dispose(): void;
}

export interface TrainingStep {
  /** Gets ready for a step of these micro-batches; calls back with how much of it is done, 0 to 1. */
  prepare(microBatches: readonly Uint32Array[], onProgress: (fraction: number) => void): Promise<void>;
  /** Trains on these rows. `microBatches` are row indices, at least one batch of at least one row. */
  take(microBatches: readonly Uint32Array[], learningRate: number): Promise<TakenStep>;
  /** Micro-batches that were taken, those of an earlier part of the run too. */
  readonly microBatches: number;
  /** The moments of the model's parameters, in their order: the step's own tensors. */
  readonly moments: Optimizer['moments'];
  dispose(): void;
}

/** What an earlier part of a run has taken: optimizer steps for Adam's corrections, micro-batches for the draws of dropout. */
export type StepCounters = Pick<RunCounts, 'step' | 'microBatches'>;

/**
 * The model's parameters, those that learn, are trained in place. A micro-batch counts by the share that its rows have in the weight of the
 * step's rows (1 a row, or its class's weight where it has one class), so that the step is the same however its rows are divided.
 */
export function createTrainingStep(
  model: Classifier,
  rows: LabelledRows & BatchRows,
  args: CompleteArguments,
  programs = createPrograms(),
  from: StepCounters = { step: 0, microBatches: 0 },
): TrainingStep {
  const { targets } = rows;
  const C = model.classCount;
  const severalLabels = targets.kind === 'multi';
  if (args.fp16 && getBackend() !== 'webgpu') throw keptInFull();
  if (severalLabels && args.label_smoothing_factor > 0) throw smoothedFlags(args.label_smoothing_factor);
  const weights = severalLabels
    ? weightsOfPositives(args.class_weights, targets, rows.offsets.length - 1, C)
    : weightsOfClasses(args.class_weights, targets.labels, C);
  const classWeights = weights && keep(tensor(weights)); // [C]
  const loss = {
    labelSmoothing: args.label_smoothing_factor,
    halves: args.fp16,
    checkpointing: args.gradient_checkpointing,
    ...(classWeights && { classWeights }),
  };
  const unit = unitGradient();
  const optimizer = createAdamW(model.parameters, {
    weightDecay: args.weight_decay,
    maxGradNorm: args.max_grad_norm,
    beta1: args.adam_beta1,
    beta2: args.adam_beta2,
    eps: args.adam_epsilon,
  });
  /** Of the gradients of the micro-batches so far, where a step has several. */
  let sums: readonly Tensor[] = [];
  const seedWords = [args.seed | 0, Math.floor(args.seed / 2 ** 32) | 0] as const;
  let batchesDone = from.microBatches;
  let stepsDone = from.step;

  /** A whole step of one micro-batch -> loss [], norm [1]. */
  const whole = programs.define<string>(({ labels, rng, hyper, ...batch }) => {
    const result = lossAndGradients(model, batchOfInputs(batch), labels!, rng!, unit, loss);
    const norm = optimizer.update(result.gradients, hyper!); // [1]
    for (const each of result.gradients) each.dispose();
    return [result.loss, norm];
  });
  /** One micro-batch of several: its gradients times its share begin the sums, or are added to them -> loss []. */
  const part = (first: boolean): Program<string> =>
    programs.define<string>(({ labels, rng, share, ...batch }) => {
      const result = lossAndGradients(model, batchOfInputs(batch), labels!, rng!, share!, loss);
      result.gradients.forEach((gradient, i) => {
        accumulate(sums[i]!, gradient, first);
        gradient.dispose();
      });
      return [result.loss];
    });
  const [firstPart, nextPart] = [part(true), part(false)];
  /** The end of a step of several micro-batches -> norm [1]. */
  const update = programs.define<'hyper'>(({ hyper }) => [optimizer.update(sums, hyper)]);

  const weigh = (indices: Uint32Array): number =>
    weights && !severalLabels ? indices.reduce((sum, row) => sum + weights[targets.labels[row]!]!, 0) : indices.length;
  const sharesOf = (microBatches: readonly Uint32Array[]): readonly number[] => {
    const weightOfStep = microBatches.reduce((sum, indices) => sum + weigh(indices), 0);
    return microBatches.map((indices) => weigh(indices) / weightOfStep);
  };
  /** Of a micro-batch: the batch itself, labels [B] or [B,C], and rng [3]. */
  const inputsOf = (indices: Uint32Array): Readonly<Record<string, HostInput>> => ({
    ...batchInputs(model, rows, indices),
    labels: targetInput(targets, indices, C),
    rng: Int32Array.of(...seedWords, batchesDone),
  });
  const makeSums = (): void => {
    if (sums.length === 0) sums = model.parameters.map(({ tensor: { shape } }) => keep(fill(shape, 0)));
  };

  /** Losses [] of the micro-batches and the norm [1] of their gradient. */
  const run = async (
    microBatches: readonly Uint32Array[],
    shares: readonly number[],
    hyper: Float32Array,
  ): Promise<{ readonly losses: readonly Tensor[]; readonly norm: Tensor }> => {
    const [only, another] = microBatches;
    if (only && !another) {
      const [loss, norm] = await whole.run({ ...inputsOf(only), hyper });
      batchesDone++;
      return { losses: [loss!], norm: norm! };
    }
    makeSums();
    const losses: Tensor[] = [];
    for (const [i, indices] of microBatches.entries()) {
      if (i > 0) await macrotask();
      const program = i === 0 ? firstPart : nextPart;
      losses.push(...(await program.run({ ...inputsOf(indices), share: Float32Array.of(shares[i]!) })));
      batchesDone++;
    }
    const [norm] = await update.run({ hyper });
    return { losses, norm: norm! };
  };

  return {
    async prepare([first, second], onProgress) {
      if (!first) return;
      const hyper = optimizer.hyper(0, 1);
      if (!second) return whole.prepare({ ...inputsOf(first), hyper }, (done, total) => onProgress(done / total));
      makeSums();
      const share = Float32Array.of(1);
      await firstPart.prepare({ ...inputsOf(first), share }, (done, total) => onProgress((0.8 * done) / total));
      await nextPart.prepare({ ...inputsOf(second), share }, (done, total) => onProgress(0.8 + (0.1 * done) / total));
      await update.prepare({ hyper }, (done, total) => onProgress(0.9 + (0.1 * done) / total));
    },
    async take(microBatches, learningRate) {
      const shares = sharesOf(microBatches);
      const { losses, norm } = await run(microBatches, shares, optimizer.hyper(learningRate, stepsDone + 1));
      stepsDone++;
      return {
        rows: microBatches.reduce((sum, indices) => sum + indices.length, 0),
        tokens: microBatches.reduce((sum, indices) => sum + countTokens(rows, indices), 0),
        async read() {
          const [gradNorm, ...values] = await Promise.all([norm, ...losses].map(async (each) => (await each.data())[0]!));
          return { loss: values.reduce((sum, value, i) => sum + shares[i]! * value, 0), gradNorm: gradNorm! };
        },
        dispose() {
          for (const each of [norm, ...losses]) each.dispose();
        },
      };
    },
    get microBatches() {
      return batchesDone;
    },
    moments: optimizer.moments,
    dispose() {
      for (const each of [whole, firstPart, nextPart, update]) each.dispose();
      for (const each of [unit, classWeights, ...sums]) each?.dispose();
      optimizer.dispose();
    },
  };
}

/** The CPU engine's kernels read 32 bits. */
function keptInFull(): Problem {
  return new Problem({
    where: 'Setting fp16',
    expected: 'false on the CPU, which keeps all in 32 bits',
    found: 'true',
    fix: 'Switch fp16 off, or choose WebGPU under "Compute".',
  });
}

/** torch's BCEWithLogitsLoss has no smoothing, and transformers' LabelSmoother takes class indices only. */
function smoothedFlags(factor: number): Problem {
  return new Problem({
    where: 'Setting label_smoothing_factor',
    expected: '0, where texts have several labels',
    found: String(factor),
    fix: 'Set label_smoothing_factor to 0 and train again.',
  });
}
