/**
 * One optimizer step over one or more micro-batches: the mean loss of all its rows, its gradient, and AdamW's update. Gradients are
 * added up on the device, so a step of many micro-batches needs the memory of one and a second set of gradients.
 */
import { add, keep, scalar, tensor, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { macrotask } from '../../lib/macrotask.ts';
import { Problem } from '../../lib/problem.ts';
import { disposeBatch, type Classifier } from '../models/classifier.ts';
import { unitGradient } from '../ops/cross-entropy/cross-entropy.ts';
import type { CompleteArguments, LabelledRows } from './arguments.ts';
import { weightsOfClasses, weightsOfPositives } from './class-weights.ts';
import { lossAndGradients } from './gradients.ts';
import { createAdamW } from './optimizer.ts';
import { batchOfRows, type BatchRows } from './row-batches.ts';
import { targetTensor } from './target-tensor.ts';

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
  /** Trains on these rows. `microBatches` are row indices, at least one batch of at least one row. */
  take(microBatches: readonly Uint32Array[], learningRate: number): Promise<TakenStep>;
  dispose(): void;
}

/**
 * The model's parameters, those that learn, are trained in place. A micro-batch counts by the share that its rows have in the weight of the
 * step's rows (1 a row, or its class's weight where it has one class), so that the step is the same however its rows are divided.
 */
export function createTrainingStep(model: Classifier, rows: LabelledRows & BatchRows, args: CompleteArguments): TrainingStep {
  const { targets } = rows;
  const C = model.classCount;
  const severalLabels = targets.kind === 'multi';
  if (severalLabels && args.label_smoothing_factor > 0) throw smoothedFlags(args.label_smoothing_factor);
  const weights = severalLabels
    ? weightsOfPositives(args.class_weights, targets, rows.offsets.length - 1, C)
    : weightsOfClasses(args.class_weights, targets.labels, C);
  const classWeights = weights && keep(tensor(weights)); // [C]
  const loss = { labelSmoothing: args.label_smoothing_factor, ...(classWeights && { classWeights }) };
  const unit = unitGradient();
  const optimizer = createAdamW(model.parameters, {
    weightDecay: args.weight_decay,
    maxGradNorm: args.max_grad_norm,
    beta1: args.adam_beta1,
    beta2: args.adam_beta2,
    eps: args.adam_epsilon,
  });
  const seedWords = [args.seed | 0, Math.floor(args.seed / 2 ** 32) | 0] as const;
  const weigh = (indices: Uint32Array): number =>
    weights && !severalLabels ? indices.reduce((sum, row) => sum + weights[targets.labels[row]!]!, 0) : indices.length;
  let batchesDone = 0;

  /** Loss [] and gradients of a micro-batch, the gradients times its share. */
  const propagate = (indices: Uint32Array, upstream: Scalar) => {
    const { batch, tokens } = batchOfRows(model, rows, indices);
    const labels = targetTensor(targets, indices, C); // [B] or [B,C]
    const rng = tensor(Int32Array.of(...seedWords, batchesDone++), [3], 'int32');
    const result = lossAndGradients(model, batch, labels, rng, upstream, loss);
    for (const each of [labels, rng]) each.dispose();
    disposeBatch(batch);
    return { ...result, tokens };
  };

  return {
    async take(microBatches, learningRate) {
      const weightOfStep = microBatches.reduce((sum, indices) => sum + weigh(indices), 0);
      const losses: Tensor[] = [];
      const shares: number[] = [];
      let gradients: readonly Tensor[] = [];
      let tokens = 0;
      for (const [i, indices] of microBatches.entries()) {
        if (i > 0) await macrotask();
        const share = weigh(indices) / weightOfStep;
        const upstream = share === 1 ? unit : keep(scalar(share));
        const result = propagate(indices, upstream);
        if (upstream !== unit) upstream.dispose();
        gradients = i === 0 ? result.gradients : addAll(gradients, result.gradients);
        losses.push(result.loss);
        shares.push(share);
        tokens += result.tokens;
      }
      const norm = optimizer.step(gradients, learningRate); // [1]
      for (const each of gradients) each.dispose();
      return {
        rows: microBatches.reduce((sum, indices) => sum + indices.length, 0),
        tokens,
        async read() {
          const [gradNorm, ...values] = await Promise.all([norm, ...losses].map(async (each) => (await each.data())[0]!));
          return { loss: values.reduce((sum, value, i) => sum + shares[i]! * value, 0), gradNorm: gradNorm! };
        },
        dispose() {
          for (const each of [norm, ...losses]) each.dispose();
        },
      };
    },
    dispose() {
      for (const each of [unit, classWeights]) each?.dispose();
      optimizer.dispose();
    },
  };
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

/** The sums of two lists of equal shapes; disposes both. */
function addAll(sums: readonly Tensor[], more: readonly Tensor[]): readonly Tensor[] {
  return sums.map((sum, i) => {
    const total = add(sum, more[i]!);
    sum.dispose();
    more[i]!.dispose();
    return total;
  });
}
