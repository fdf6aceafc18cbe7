/**
 * The training loop, from top to bottom. It knows neither page nor worker: it takes token rows and a model on the current
 * backend, trains the model in place, and tells its hooks what happens.
 */
import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { macrotask } from '../../lib/macrotask.ts';
import { Problem } from '../../lib/problem.ts';
import { packBatch } from '../../text/packing.ts';
import { disposeBatch, makeBatch, type Classifier } from '../models/classifier.ts';
import { unitGradient } from '../ops/cross-entropy/cross-entropy.ts';
import { checkArguments, type Evaluation, type LabelledRows, type StepPoint, type TrainingArguments } from './arguments.ts';
import { checkTokens, evaluate } from './evaluate.ts';
import { lossAndGradients } from './gradients.ts';
import { hardwareHabits } from './hardware.ts';
import { createAdamW } from './optimizer.ts';
import { createProgressMeter, type Progress } from './progress.ts';
import { batchesOf, epochOrder } from './sampler.ts';
import { linearSchedule, warmupSteps } from './schedule.ts';

export interface TrainHooks {
  /** Step points in order, gathered over at least 100 ms. */
  readonly onSteps?: (points: readonly StepPoint[]) => void;
  readonly onEvaluation?: (evaluation: Evaluation) => void;
  readonly onProgress?: (progress: Progress) => void;
}

export interface TrainRequest {
  /** Trained in place. The caller disposes it. */
  readonly model: Classifier;
  readonly data: { readonly train: LabelledRows; readonly validation: LabelledRows };
  readonly settings: TrainingArguments;
  readonly hooks?: TrainHooks;
  /** Aborting ends the run after the step it is in. */
  readonly signal?: AbortSignal;
}

export interface TrainOutcome {
  readonly outcome: 'finished' | 'stopped';
  readonly steps: number;
  readonly seconds: number;
  /** The last one made. */
  readonly evaluation: Evaluation | null;
}

/** Steps of a whole run: the last batch of an epoch may be small, and a fraction of an epoch is rounded up. */
export function countSteps(rowCount: number, settings: TrainingArguments): { readonly perEpoch: number; readonly total: number } {
  const perEpoch = Math.ceil(rowCount / settings.per_device_train_batch_size);
  return { perEpoch, total: Math.ceil(perEpoch * settings.num_train_epochs) };
}

/** Whether an evaluation follows the step that is `inEpoch` (from 1) of `perEpoch`: `count` an epoch, evenly, the last at its end. */
export function isEvaluationStep(inEpoch: number, perEpoch: number, count: number): boolean {
  return Math.floor((inEpoch * count) / perEpoch) > Math.floor(((inEpoch - 1) * count) / perEpoch);
}

/**
 * Trains. Throws a `Problem` for settings or rows that the model cannot take, and when the loss is no number any more: the model's weights
 * are lost then.
 */
export async function train({ model, data, settings, hooks = {}, signal }: TrainRequest): Promise<TrainOutcome> {
  checkArguments(settings);
  for (const [part, rows] of Object.entries(data)) {
    if (rows.labels.length === 0) throw noRows(part);
    checkTokens(model, rows);
  }

  const started = performance.now();
  const habits = hardwareHabits();
  const rowCount = data.train.labels.length;
  const steps = countSteps(rowCount, settings);
  const schedule = linearSchedule(warmupSteps(steps.total, settings.warmup_ratio), steps.total);
  const evaluationSteps = Math.min(settings.evaluations_per_epoch, steps.perEpoch);
  const meter = createProgressMeter(
    {
      steps: steps.total,
      rows: rowCount * settings.num_train_epochs,
      evaluations: Math.ceil(evaluationSteps * settings.num_train_epochs),
    },
    hooks,
  );
  const optimizer = createAdamW(model.parameters, {
    weightDecay: settings.weight_decay,
    maxGradNorm: settings.max_grad_norm,
  });
  const unit = unitGradient();
  const seedWords = [settings.seed | 0, Math.floor(settings.seed / 2 ** 32) | 0] as const;
  let unread: { readonly point: Omit<StepPoint, 'loss' | 'gradNorm'>; readonly loss: Tensor; readonly norm: Tensor }[] = [];
  let lastRead = started;
  let step = 0;
  let evaluation: Evaluation | null = null;

  /** Reads what the device has computed since the last time; waits for it. */
  const readSteps = async (): Promise<void> => {
    const waiting = unread;
    unread = [];
    const values = await Promise.all(waiting.map(({ loss, norm }) => Promise.all([loss.data(), norm.data()])));
    for (const { loss, norm } of waiting) {
      loss.dispose();
      norm.dispose();
    }
    for (const [i, { point }] of waiting.entries()) {
      const [loss, gradNorm] = [values[i]![0][0]!, values[i]![1][0]!];
      if (!Number.isFinite(loss)) throw lossIsLost(point, loss, settings);
      meter.trained({ ...point, loss, gradNorm });
    }
    lastRead = performance.now();
  };

  const evaluateNow = async (epoch: number): Promise<void> => {
    await readSteps();
    meter.report('evaluate', true);
    const from = performance.now();
    const onProgress = (): void => meter.report('evaluate');
    const measured = await evaluate(model, data.validation, { onProgress, ...(signal && { signal }) });
    meter.addEvaluation((performance.now() - from) / 1000);
    evaluation = { step, epoch, ...measured };
    hooks.onEvaluation?.(evaluation);
  };

  try {
    for (let epoch = 0; step < steps.total; epoch++) {
      const batches = batchesOf(epochOrder(rowCount, settings.seed, epoch), settings.per_device_train_batch_size);
      for (const [inEpoch, indices] of batches.entries()) {
        if (signal?.aborted || step >= steps.total) break;
        const from = performance.now();
        const packed = packBatch(data.train, indices, habits.roundTokensTo);
        const batch = makeBatch(packed);
        const labels = tensor(
          Int32Array.from(indices, (row) => data.train.labels[row]!),
          [indices.length],
          'int32',
        ); // [B]
        const rng = tensor(Int32Array.of(...seedWords, step), [3], 'int32');

        const { loss, gradients } = lossAndGradients(model, batch, labels, rng, unit);
        const learningRate = settings.learning_rate * schedule(step);
        const norm = optimizer.step(gradients, learningRate);
        for (const each of [...gradients, labels, rng]) each.dispose();
        disposeBatch(batch);

        step++;
        const epochsDone = epoch + (inEpoch + 1) / steps.perEpoch;
        unread.push({ point: { step, epoch: epochsDone, learningRate }, loss, norm });
        const isDue = unread.length >= habits.mostUnread || performance.now() - lastRead >= habits.readEvery;
        if (isDue) await readSteps();
        meter.addTraining(indices.length, packed.tokenCount, (performance.now() - from) / 1000);
        meter.report('train');
        await macrotask();

        const isLast = step === steps.total;
        if (!signal?.aborted && (isLast || isEvaluationStep(inEpoch + 1, steps.perEpoch, evaluationSteps))) {
          await evaluateNow(epochsDone);
        }
      }
      if (signal?.aborted) break;
    }
    await readSteps();
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error;
  } finally {
    for (const { loss, norm } of unread) {
      loss.dispose();
      norm.dispose();
    }
    unit.dispose();
    optimizer.dispose();
  }
  meter.report('train', true);
  const outcome = step < steps.total || signal?.aborted ? 'stopped' : 'finished';
  return { outcome, steps: step, seconds: (performance.now() - started) / 1000, evaluation };
}

function noRows(part: string): Problem {
  const fix = 'Use a file with more rows, or another share of validation rows.';
  return new Problem({
    where: part === 'train' ? 'Training rows' : 'Validation rows',
    expected: 'at least one row',
    found: 'none',
    fix,
  });
}

function lossIsLost(
  point: { readonly step: number; readonly learningRate: number },
  loss: number,
  settings: TrainingArguments,
): Problem {
  return new Problem({
    where: `Training step ${point.step}`,
    expected: 'a loss that is a number',
    found: `${loss} at a learning rate of ${point.learningRate.toPrecision(2)}`,
    fix: `Train again with a lower learning rate, for example ${(settings.learning_rate / 4).toPrecision(1)}.`,
  });
}
