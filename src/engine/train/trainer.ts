/**
 * The training loop, from top to bottom. It knows neither page nor worker: it takes token rows and a model on the current
 * backend, trains the model in place, and tells its hooks what happens.
 */
import { macrotask } from '../../lib/macrotask.ts';
import { Problem } from '../../lib/problem.ts';
import { createPrograms } from '../backend/programs.ts';
import type { Classifier } from '../models/classifier.ts';
import { completeArguments, type Evaluation, type LabelledRows, type StepPoint, type TrainingArguments } from './arguments.ts';
import { createBestModel, createEarlyStopping } from './best-model.ts';
import { bootstrapMacroF1 } from './bootstrap.ts';
import { checkTokens, evaluate } from './evaluate.ts';
import { hardwareHabits } from './hardware.ts';
import { createProgressMeter, type Progress } from './progress.ts';
import { definePass, encodeRows, type BatchRows } from './row-batches.ts';
import { planRun } from './run-plan.ts';
import { epochOrder, stepsOf } from './sampler.ts';
import { countWarmupSteps, createSchedule } from './schedule.ts';
import { createTrainingStep, type TakenStep } from './training-step.ts';

export { countSteps } from './run-plan.ts';

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
  /** `stopped`: by the signal. */
  readonly outcome: 'finished' | 'stopped';
  /** Steps that were trained. */
  readonly steps: number;
  readonly seconds: number;
  /** The last one made, or that of the best weights where they were put back; with the interval of macro F1. */
  readonly evaluation: Evaluation | null;
  /** The step that the model's weights are from: less than `steps` where the best were put back. */
  readonly weightsStep: number;
  /** Whether early stopping ended a run that would have gone on. */
  readonly endedEarly: boolean;
}

/**
 * Trains. Throws a `Problem` for settings or rows that the model cannot take, and when a loss is no number any more: the model's weights
 * are lost then.
 */
export async function train({ model, data, settings, hooks = {}, signal }: TrainRequest): Promise<TrainOutcome> {
  const args = completeArguments(settings);
  for (const [part, rows] of Object.entries(data)) {
    if (rows.offsets.length < 2) throw noRows(part);
    checkTokens(model, rows);
  }

  const started = performance.now();
  const habits = hardwareHabits();
  const rowCount = data.train.offsets.length - 1;
  const plan = planRun(rowCount, args);
  const schedule = createSchedule(args.lr_scheduler_type, countWarmupSteps(plan.total, args), plan.total);
  const meter = createProgressMeter(
    { steps: plan.total, rows: (rowCount * plan.total) / plan.perEpoch, evaluations: plan.evaluations },
    hooks,
  );
  const rows = model.encoderLearns ? data : await encodeOnce();
  const programs = createPrograms();
  const logits = definePass((batch) => model.logits(batch, null), programs);
  const trainingStep = createTrainingStep(model, rows.train, args, programs);
  const best = args.load_best_model_at_end ? createBestModel(model.parameters, args.metric_for_best_model) : null;
  const isInVain = createEarlyStopping(args);
  let unread: { readonly point: Omit<StepPoint, 'loss' | 'gradNorm'>; readonly taken: TakenStep }[] = [];
  let lastRead = started;
  let step = 0;
  let evaluation: Evaluation | null = null;
  let endedEarly = false;

  /** What the head sees of each row; not of all when the signal stops it, for no step follows then. */
  async function encodeOnce(): Promise<{
    readonly train: LabelledRows & BatchRows;
    readonly validation: LabelledRows & BatchRows;
  }> {
    const options = { batchSize: args.per_device_eval_batch_size, ...(signal && { signal }) };
    const encode = (part: LabelledRows) => encodeRows(model, part, { ...options, onProgress: () => meter.report('evaluate') });
    try {
      return { train: await encode(data.train), validation: await encode(data.validation) };
    } catch (error) {
      if (!signal?.aborted || error !== signal.reason) throw error;
      return data;
    }
  }

  /** Reads what the device has computed since the last time; waits for it. */
  const readSteps = async (): Promise<void> => {
    const waiting = unread;
    unread = [];
    const values = await Promise.all(waiting.map(({ taken }) => taken.read()));
    for (const { taken } of waiting) taken.dispose();
    for (const [i, { point }] of waiting.entries()) {
      const { loss } = values[i]!;
      if (!Number.isFinite(loss)) throw lossIsLost(point.step, loss, point.learningRate, args.learning_rate);
      meter.trained({ ...point, ...values[i]! });
    }
    lastRead = performance.now();
  };

  /** Whether early stopping wants the run to end here. */
  const evaluateNow = async (epoch: number, learningRate: number): Promise<boolean> => {
    await readSteps();
    meter.report('evaluate', true);
    const from = performance.now();
    const measured = await evaluate(model, rows.validation, {
      batchSize: args.per_device_eval_batch_size,
      pass: logits,
      onProgress: () => meter.report('evaluate'),
      ...(signal && { signal }),
    });
    meter.addEvaluation((performance.now() - from) / 1000);
    if (!Number.isFinite(measured.loss)) throw lossIsLost(step, measured.loss, learningRate, args.learning_rate);
    evaluation = { step, epoch, ...measured };
    await best?.offer(evaluation);
    hooks.onEvaluation?.(evaluation);
    return isInVain(evaluation) && step < plan.total;
  };

  const isOver = (): boolean => step >= plan.total || endedEarly || (signal?.aborted ?? false);

  try {
    for (let epoch = 0; !isOver(); epoch++) {
      const order = epochOrder(rowCount, args.seed, epoch);
      const steps = stepsOf(order, args.per_device_train_batch_size, args.gradient_accumulation_steps);
      for (const [inEpoch, microBatches] of steps.entries()) {
        if (isOver()) break;
        if (step === 0) await trainingStep.prepare(microBatches, meter.compiled);
        const from = performance.now();
        const learningRate = args.learning_rate * schedule(step);
        const taken = await trainingStep.take(microBatches, learningRate);

        step++;
        const epochsDone = epoch + (inEpoch + 1) / plan.perEpoch;
        unread.push({ point: { step, epoch: epochsDone, learningRate }, taken });
        const isDue = unread.length >= habits.mostUnread || performance.now() - lastRead >= habits.readEvery;
        if (isDue) await readSteps();
        meter.addTraining(taken.rows, taken.tokens, (performance.now() - from) / 1000);
        meter.report('train');
        await macrotask();

        if (!signal?.aborted && plan.isEvaluated(step)) endedEarly = await evaluateNow(epochsDone, learningRate);
      }
    }
    await readSteps();
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error;
  } finally {
    for (const { taken } of unread) taken.dispose();
    trainingStep.dispose();
    logits.dispose();
  }

  let weightsStep = step;
  if (best?.evaluation) {
    best.restore();
    evaluation = best.evaluation;
    weightsStep = evaluation.step;
  }
  meter.report('train', true);
  return {
    outcome: signal?.aborted || (step < plan.total && !endedEarly) ? 'stopped' : 'finished',
    steps: step,
    seconds: (performance.now() - started) / 1000,
    evaluation: evaluation && (await withInterval(evaluation, args.seed)),
    weightsStep,
    endedEarly,
  };
}

/** The evaluation with the bootstrap interval of its macro F1, which is too dear for each evaluation of a run. */
async function withInterval(evaluation: Evaluation, seed: number): Promise<Evaluation> {
  if (!evaluation.metrics) return evaluation;
  const macroF1Interval = await bootstrapMacroF1(evaluation.confusion, seed);
  return { ...evaluation, metrics: { ...evaluation.metrics, macroF1Interval } };
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

function lossIsLost(step: number, loss: number, learningRate: number, highestRate: number): Problem {
  return new Problem({
    where: `Training step ${step}`,
    expected: 'a loss that is a number',
    found: `${loss} at a learning rate of ${learningRate.toPrecision(2)}`,
    fix: `Train again with a lower learning rate, for example ${(highestRate / 4).toPrecision(1)}.`,
  });
}
