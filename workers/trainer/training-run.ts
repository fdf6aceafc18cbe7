/** One run of the trainer worker, from the opened model and the open dataset to its result; what happens is told as events. */
import type { ComputeInfo } from '../../src/engine/backend/types.ts';
import { createClassifier } from '../../src/engine/models/create-classifier.ts';
import { completeArguments } from '../../src/engine/train/arguments.ts';
import { evaluate } from '../../src/engine/train/evaluate.ts';
import { guessingLossOf } from '../../src/engine/train/guessing-loss.ts';
import { createRunControl, type RunControl } from '../../src/engine/train/run-control.ts';
import { countSteps, train, type TrainHooks } from '../../src/engine/train/trainer.ts';
import { learningOf } from '../../src/engine/train/what-learns.ts';
import { Problem } from '../../src/lib/problem.ts';
import { problemTypeOf } from '../../src/lib/targets.ts';
import type { TokenSource } from '../../src/protocol/tokenizer.ts';
import type { Phase, TrainEvent, TrainResult, TrainSettings } from '../../src/protocol/trainer.ts';
import { headRemarks, sameHead, type HeadOfModel } from './heads.ts';
import { asOpened, type LiveModel, type OpenedModel } from './live-model.ts';
import type { TrainingRecord } from './pack-model.ts';
import type { PinnedTexts } from './pinned-texts.ts';
import { learningRemarks, whatLearns } from './what-learnt.ts';

/** A `TokenSource` in another worker. */
export type AsyncTokenSource = {
  [Name in keyof TokenSource]: (...args: Parameters<TokenSource[Name]>) => Promise<Awaited<ReturnType<TokenSource[Name]>>>;
};

/** A run that is on, as the worker's other calls reach it. */
export interface Run {
  readonly stop: AbortController;
  readonly control: RunControl;
  /** Nothing of it is to stay. */
  discarded: boolean;
  /** What is known of it, from when its classifier is made. */
  record: TrainingRecord | null;
}

export function createRun(): Run {
  return { stop: new AbortController(), control: createRunControl(), discarded: false, record: null };
}

/** What a run works with. */
export interface RunMeans {
  readonly onEvent: (event: TrainEvent) => void;
  readonly opened: OpenedModel | null;
  readonly startCompute: () => Promise<ComputeInfo>;
  readonly tokens: AsyncTokenSource;
  /** comlink's proxy for callbacks that cross to the tokenizer worker. */
  readonly proxy: <T extends object>(callback: T) => T;
  readonly pinned: PinnedTexts;
  /** The model to predict with and to export, from now on; the one before is disposed. */
  readonly replaceLive: (next: LiveModel | null) => void;
}

function phaseProgress(phase: Phase, fraction: number): TrainEvent {
  return { type: 'progress', phase, fraction, step: 0, epoch: 0, rowsPerSecond: null, tokensPerSecond: null, secondsLeft: null };
}

export function noModel(where: string): Problem {
  return new Problem({ where, expected: 'an open model', found: 'none', fix: 'Choose a model first.' });
}

/** Resolves when the run finished or was stopped. Throws `Problem`; what it had learnt is then for nobody to use. */
export async function runTraining(run: Run, settings: TrainSettings, means: RunMeans): Promise<TrainResult> {
  const { onEvent, opened, tokens, pinned } = means;
  const { signal } = run.stop;
  const learning = learningOf(completeArguments(settings));
  if (!opened) throw noModel('Train');
  const device = await means.startCompute();
  const data = await tokens.tokenizeDataset(
    settings.max_length,
    means.proxy((done: number, total: number) => {
      onEvent(phaseProgress('tokenize', done / Math.max(1, total)));
    }),
  );
  if (signal.aborted) {
    const outcome = run.discarded ? 'discarded' : 'stopped';
    return { outcome, steps: 0, seconds: 0, evaluation: null, weightsStep: 0, problem: null };
  }
  onEvent(phaseProgress('compile', 0));

  const { weights } = opened;
  const { classes } = data;
  const problemType = problemTypeOf(data.train.targets);
  const head: HeadOfModel = { classes: weights.classes, problemType: weights.config.problemType };
  const keepClassifier = sameHead(head, { classes, problemType });
  const classifier = createClassifier(weights, {
    classCount: classes.length,
    keepClassifier,
    seed: settings.seed,
    learning,
  });
  const learnt = whatLearns(learning, classifier);
  const record: TrainingRecord = {
    settings,
    data,
    compute: device.title,
    startedAt: performance.now(),
    steps: 0,
    evaluation: null,
    test: null,
    outcome: null,
    learnt,
  };
  run.record = record;
  means.replaceLive({ classifier, classes, problemType, opened, training: record, adapter: null });
  await pinned.encode(Math.min(settings.max_length, classifier.maxLength));
  onEvent({
    type: 'started',
    totalSteps: countSteps(data.train.offsets.length - 1, settings).total,
    guessingLoss: guessingLossOf(data.train, settings, classes.length),
    classes,
    truncatedRows: data.truncatedRows,
    pairs: data.dataset.secondTextColumn !== null,
    remarks: [...headRemarks(head, { classes, problemType }, keepClassifier), ...learningRemarks(learning, learnt)],
    tiles: device.tiles ?? null,
  });

  let scoring: Promise<unknown> = Promise.resolve();
  const hooks: TrainHooks = {
    onSteps: (points) => {
      record.steps = points.at(-1)?.step ?? record.steps;
      onEvent({ type: 'steps', points });
    },
    onEvaluation: (evaluation) => {
      record.evaluation = evaluation;
      onEvent({ type: 'evaluation', evaluation });
      // Handed to the device here, with these very weights, and read while the run goes on.
      const scored = pinned.score({ classifier, classes, problemType, step: evaluation.step });
      scoring = Promise.all([scoring, scored.then((scores) => scores && onEvent({ type: 'pinned', scores }))]);
    },
    onPaused: (paused) => {
      onEvent({ type: 'paused', paused });
    },
    onProgress: (progress) => {
      onEvent({ type: 'progress', ...progress });
    },
  };
  const outcome = await train({
    model: classifier,
    data: { train: data.train, validation: data.validation },
    settings,
    signal,
    control: run.control,
    hooks,
  });
  record.steps = outcome.weightsStep;
  record.evaluation = outcome.evaluation;
  record.outcome = outcome;
  await scoring;
  if (run.discarded) {
    means.replaceLive(asOpened(opened));
    return { ...outcome, outcome: 'discarded', evaluation: null };
  }
  if (data.test.offsets.length > 1 && outcome.steps > 0) {
    onEvent(phaseProgress('evaluate', 1));
    const measured = await evaluate(classifier, data.test);
    record.test = { step: outcome.weightsStep, epoch: outcome.evaluation?.epoch ?? 0, ...measured };
  }
  return { ...outcome, test: record.test };
}
