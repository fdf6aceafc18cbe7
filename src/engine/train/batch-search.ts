/**
 * The largest batch that fits this machine and pays, by trying: real steps of the run's own largest batch of each size, twice as many rows each
 * time, until one does not fit or is no faster. Nothing of a trial stays.
 */
import { Problem, type ProblemText } from '../../lib/problem.ts';
import type { Classifier } from '../models/classifier.ts';
import { completeArguments, type LabelledRows, type TrainingArguments } from './arguments.ts';
import { chooseSteps, timeSteps } from './rehearsal-steps.ts';
import { epochOrder, stepsOf } from './sampler.ts';
import { createTrainingStep } from './training-step.ts';

export interface BatchTrial {
  readonly batchSize: number;
  /** Null where it did not fit. */
  readonly tokensPerSecond: number | null;
  /** Why it did not. */
  readonly problem: ProblemText | null;
}

export interface BatchSearch {
  /** In the order they were tried. */
  readonly trials: readonly BatchTrial[];
  /** Null where none fits. */
  readonly best: number | null;
}

export interface BatchSearchRequest {
  /** A scratch copy for one trial, which is disposed behind it. */
  readonly createModel: () => Classifier;
  readonly rows: LabelledRows;
  readonly settings: TrainingArguments;
  /** Says why a batch of this size need not be tried, null where it may fit. */
  readonly refuse: (batchSize: number) => ProblemText | null;
  readonly onTrial: (trial: BatchTrial) => void;
  /** Aborting ends it behind the step it is in; the promise then rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** Less than this much faster is not worth twice the memory. */
const LEAST_GAIN = 1.03;
const SECONDS = 1.5;
const STEPS = 4;

/** Begins with the batch size of the settings; where that does not fit, halves it until one does. */
export async function findBatchSize(request: BatchSearchRequest): Promise<BatchSearch> {
  const rowCount = request.rows.offsets.length - 1;
  const trials: BatchTrial[] = [];
  const attempt = async (batchSize: number): Promise<number | null> => {
    const trial = await tryBatch(request, batchSize);
    trials.push(trial);
    request.onTrial(trial);
    return trial.tokensPerSecond;
  };
  let size = Math.min(request.settings.per_device_train_batch_size, rowCount);
  let speed = await attempt(size);
  while (speed === null && size > 1) {
    size = Math.floor(size / 2);
    speed = await attempt(size);
  }
  if (speed === null) return { trials, best: null };
  const hasFailed = trials.length > 1;
  while (!hasFailed && size * 2 <= rowCount) {
    const faster = await attempt(size * 2);
    if (faster === null || faster < speed * LEAST_GAIN) break;
    [size, speed] = [size * 2, faster];
  }
  return { trials, best: size };
}

async function tryBatch(request: BatchSearchRequest, batchSize: number): Promise<BatchTrial> {
  const refusal = request.refuse(batchSize);
  if (refusal) return { batchSize, tokensPerSecond: null, problem: refusal };
  try {
    const tokensPerSecond = await timeBatch(request, batchSize);
    return { batchSize, tokensPerSecond, problem: null };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { batchSize, tokensPerSecond: null, problem: error };
  }
}

/** Tokens a second of steps of one batch: the largest is taken first, those of other lengths are timed. */
async function timeBatch({ createModel, rows, settings, signal }: BatchSearchRequest, batchSize: number): Promise<number> {
  const args = completeArguments({ ...settings, per_device_train_batch_size: batchSize, gradient_accumulation_steps: 1 });
  const epoch = stepsOf(epochOrder(rows.offsets.length - 1, args.seed, 0), batchSize, 1);
  const chosen = chooseSteps(rows, epoch, STEPS);
  const model = createModel();
  try {
    const step = createTrainingStep(model, chosen.rows, args);
    try {
      const { tokens, seconds } = await timeSteps(step, chosen, { args, signal, least: 2, seconds: SECONDS });
      return tokens / seconds;
    } finally {
      step.dispose();
    }
  } finally {
    model.dispose();
  }
}
