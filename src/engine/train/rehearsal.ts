/**
 * A few real steps of a run and a part of an evaluation, timed: with the model, the rows and the settings that the run will have, on a scratch
 * copy that is thrown away. The first step has the run's largest batch, so a run that does not fit is found out here. What the others take
 * for a token is what a step of common length is reckoned by.
 */
import { createPrograms } from '../backend/programs.ts';
import type { Classifier } from '../models/classifier.ts';
import { completeArguments, type LabelledRows, type TrainingArguments } from './arguments.ts';
import { bootstrapMacroF1, ROWS_FOR_INTERVALS } from './bootstrap.ts';
import { checkRows } from './check-rows.ts';
import { evaluate } from './evaluate.ts';
import { hardwareHabits } from './hardware.ts';
import { chooseSteps, timeSteps } from './rehearsal-steps.ts';
import { definePass, encodeRows, type BatchRows } from './row-batches.ts';
import type { RunRates } from './run-time.ts';
import { epochOrder, stepsOf } from './sampler.ts';
import { selectRows } from './select-rows.ts';
import { createTrainingStep } from './training-step.ts';

export interface RehearsalRequest {
  /** Trained in place and of no use behind it. The caller disposes it. */
  readonly model: Classifier;
  readonly data: { readonly train: LabelledRows; readonly validation: LabelledRows; readonly test: LabelledRows };
  readonly settings: TrainingArguments;
  /** Aborting ends it behind the step it is in; the promise then rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

export interface Rehearsal extends RunRates {
  readonly stepsTimed: number;
  readonly tokensPerSecond: number;
}

const SECONDS = 2.5;
const LEAST = 3;
const MOST = 18;
/** Fewer where each length has to be recorded first. */
const MOST_RECORDED = 6;
/** Batches of validation rows that are timed. */
const EVALUATED = 6;

const allTokens = ({ offsets }: LabelledRows): number => offsets.at(-1)! - offsets[0]!;
const rowCountOf = ({ offsets }: LabelledRows): number => offsets.length - 1;

/** Times a run by these settings. Throws a `Problem` for settings or rows that the model cannot take, and where memory does not suffice. */
export async function rehearse({ model, data, settings, signal }: RehearsalRequest): Promise<Rehearsal> {
  const args = completeArguments(settings);
  checkRows(model, data);
  const isRecorded = hardwareHabits().mostUnread > 1;
  const order = epochOrder(rowCountOf(data.train), args.seed, 0);
  const epoch = stepsOf(order, args.per_device_train_batch_size, args.gradient_accumulation_steps);
  const chosen = chooseSteps(data.train, epoch, isRecorded ? MOST_RECORDED : MOST);
  const options = { batchSize: args.per_device_eval_batch_size, signal };
  const measured = firstRows(data.validation, EVALUATED * options.batchSize);
  /** Seconds a token, where rows are encoded once for the whole run. */
  let encoding = 0;
  const prepared = async (rows: LabelledRows): Promise<LabelledRows & BatchRows> => {
    if (model.encoderLearns) return rows;
    const from = performance.now();
    const encoded = await encodeRows(model, rows, options);
    encoding = (performance.now() - from) / 1000 / allTokens(rows);
    return encoded;
  };
  const validation = await prepared(measured);
  const training = await prepared(chosen.rows);
  const programs = createPrograms();
  const step = createTrainingStep(model, training, args, programs);
  const logits = definePass((batch) => model.logits(batch, null), programs);
  try {
    const { seconds, tokens, steps } = await timeSteps(step, chosen, { args, signal, least: LEAST, seconds: SECONDS });
    const evaluated = (): Promise<unknown> => evaluate(model, validation, { ...options, pass: logits });
    if (isRecorded) await evaluated();
    const perToken = (await timed(evaluated)) / allTokens(measured);
    return {
      before: encoding * (allTokens(data.train) + allTokens(data.validation)),
      step: (seconds / tokens) * (allTokens(data.train) / epoch.length),
      evaluation: perToken * allTokens(data.validation) + (await besideAnEvaluation(model, data.validation, args.seed)),
      after: (perToken + encoding) * allTokens(data.test),
      stepsTimed: steps,
      tokensPerSecond: tokens / seconds,
    };
  } finally {
    step.dispose();
    logits.dispose();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

function firstRows(rows: LabelledRows, most: number): LabelledRows {
  return selectRows(
    rows,
    Array.from({ length: Math.min(rowCountOf(rows), most) }, (_, row) => row),
  );
}

/** What an evaluation takes besides the model's answers: the interval of macro F1, and the copy of the best weights. */
async function besideAnEvaluation(model: Classifier, rows: LabelledRows, seed: number): Promise<number> {
  const C = model.classCount;
  const rowCount = rowCountOf(rows);
  const diagonal = Array.from({ length: C }, (_, i) =>
    Array.from({ length: C }, (_, j) => (i === j ? Math.ceil(rowCount / C) : 0)),
  );
  const hasInterval = rows.targets.kind === 'single' && rowCount <= ROWS_FOR_INTERVALS;
  const interval = hasInterval ? await timed(() => bootstrapMacroF1(diagonal, seed)) : 0;
  return interval + (await timed(() => Promise.all(model.parameters.map(({ tensor }) => tensor.data()))));
}
