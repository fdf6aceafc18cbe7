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
import type { DatasetOrigin, TokenSource } from '../../src/protocol/tokenizer.ts';
import type { RunAbout } from '../../src/storage/saved-runs.ts';
import type { RunState } from '../../src/engine/train/run-state.ts';
import { baseFiles } from './base-files.ts';
import type { RunKeeper, SavedState } from './run-keeper.ts';
import { createRunSaving } from './run-saving.ts';
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
  /** Why the hardware can no longer be trusted, with its tensors; `hardware` is aborted then. */
  failure: Problem | null;
  hardware: AbortController;
}

export function createRun(): Run {
  return {
    stop: new AbortController(),
    control: createRunControl(),
    discarded: false,
    record: null,
    failure: null,
    hardware: new AbortController(),
  };
}

/** Throws what `hardwareFailed` left, which may come while anything is waited for. */
function throwFailure({ failure }: Run): void {
  if (failure) throw failure;
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
  /** Null where nobody keeps the run. */
  readonly keeper: RunKeeper | null;
  /** Where it goes on; null: it begins. */
  readonly from: SavedState | null;
  /** How often micro-batches are cut in two; undefined: as often as in `from`. */
  readonly halvings: number | undefined;
}

export function phaseProgress(phase: Phase, fraction: number): TrainEvent {
  return { type: 'progress', phase, fraction, step: 0, epoch: 0, rowsPerSecond: null, tokensPerSecond: null, secondsLeft: null };
}

const OTHER_HARDWARE =
  'The run was trained on other hardware before: it goes on from the same weights, but not with the same numbers to the last bit.';

/** Throws a `Problem` where the open data are not those that the run began with. */
function checkData({ dataset }: RunAbout, open: DatasetOrigin): void {
  if (dataset.fingerprint === open.fingerprint) return;
  throw new Problem({
    where: 'The run',
    expected: `the data that it began with, ${dataset.name} (fingerprint ${dataset.fingerprint.slice(0, 12)})`,
    found: `${open.name} (fingerprint ${open.fingerprint.slice(0, 12)})`,
    fix: `Open ${dataset.name} with the same columns, split and mends, and continue again. The run is kept.`,
  });
}

export function noModel(where: string): Problem {
  return new Problem({ where, expected: 'an open model', found: 'none', fix: 'Choose a model first.' });
}

/** Resolves when the run finished or was stopped. Throws `Problem`; what it had learnt is then for nobody to use. */
export async function runTraining(run: Run, settings: TrainSettings, means: RunMeans): Promise<TrainResult> {
  const { onEvent, opened, tokens, pinned, keeper, from } = means;
  const signal = AbortSignal.any([run.stop.signal, run.hardware.signal]);
  const learning = learningOf(completeArguments(settings));
  if (!opened) throw noModel('Train');
  const device = await means.startCompute();
  const data = await tokens.tokenizeDataset(
    settings.max_length,
    means.proxy((done: number, total: number) => {
      onEvent(phaseProgress('tokenize', done / Math.max(1, total)));
    }),
  );
  throwFailure(run);
  if (signal.aborted) {
    const outcome = run.discarded ? 'discarded' : 'stopped';
    return { outcome, steps: 0, seconds: 0, evaluation: null, weightsStep: 0, problem: null };
  }
  if (keeper) {
    checkData(keeper.about, data.dataset);
    await keeper.keepBase(baseFiles(opened));
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
    steps: from?.state.facts.step ?? 0,
    evaluation: from?.evaluations.at(-1) ?? null,
    test: null,
    outcome: null,
    learnt,
  };
  run.record = record;
  means.replaceLive({ classifier, classes, problemType, opened, training: record, adapter: null });
  await pinned.encode(Math.min(settings.max_length, classifier.maxLength));
  const totalSteps = countSteps(data.train.offsets.length - 1, settings).total;
  onEvent({
    type: 'started',
    totalSteps,
    guessingLoss: guessingLossOf(data.train, settings, classes.length),
    classes,
    truncatedRows: data.truncatedRows,
    pairs: data.dataset.secondTextColumn !== null,
    remarks: [
      ...headRemarks(head, { classes, problemType }, keepClassifier),
      ...learningRemarks(learning, learnt),
      ...(from && from.backend !== device.backend ? [OTHER_HARDWARE] : []),
    ],
    resumed: from && { step: from.state.facts.step, points: from.points, evaluations: from.evaluations },
    tiles: device.tiles ?? null,
  });
  const saving =
    keeper &&
    createRunSaving(keeper, from, {
      about: {
        totalSteps,
        backend: device.backend,
        compute: device.title,
        classes,
        problemType,
        fingerprint: data.dataset.fingerprint,
      },
      check() {
        throwFailure(run);
      },
      onEvent,
    });

  let scoring: Promise<unknown> = Promise.resolve();
  const hooks: TrainHooks = {
    onSteps: (points) => {
      record.steps = points.at(-1)?.step ?? record.steps;
      saving?.steps(points);
      onEvent({ type: 'steps', points });
    },
    onEvaluation: (evaluation, rows) => {
      record.evaluation = evaluation;
      saving?.evaluation(evaluation);
      onEvent({ type: 'evaluation', evaluation, rows });
      // Handed to the device here, with these very weights, and read while the run goes on.
      const scored = pinned.score({ classifier, classes, problemType, step: evaluation.step });
      scoring = Promise.all([scoring, scored.then((scores) => scores && onEvent({ type: 'pinned', scores }))]);
      // Where the hardware fails, the run says so.
      scoring.catch(() => undefined);
    },
    ...(saving && {
      // What a person throws away need not be kept once more.
      onSave: (state: RunState) => (run.discarded ? Promise.resolve() : saving.save(state)),
    }),
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
    ...(from && { from: from.state }),
    ...(means.halvings !== undefined && { halvings: means.halvings }),
  });
  throwFailure(run);
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
  if (outcome.steps === 0) return outcome;
  return { ...outcome, test: record.test };
}
