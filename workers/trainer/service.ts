/**
 * The trainer worker's state: the hardware in use, the opened model (its files, to start any run from), the live classifier (trained or
 * imported, to predict with and to export), and the run that is on. It fits engine, hub and formats together and computes nothing.
 * A call that throws leaves what was there.
 */
import type { ComputeInfo } from '../../src/engine/backend/types.ts';
import type { Classifier, ExportedAdapter, ExportedTensor } from '../../src/engine/models/classifier.ts';
import { parseConfig } from '../../src/engine/models/config.ts';
import { createClassifier } from '../../src/engine/models/create-classifier.ts';
import { readWeights, type ModelWeights } from '../../src/engine/models/weights.ts';
import { completeArguments } from '../../src/engine/train/arguments.ts';
import { evaluate, predict } from '../../src/engine/train/evaluate.ts';
import { guessingLossOf } from '../../src/engine/train/guessing-loss.ts';
import { createRunControl, type RunControl } from '../../src/engine/train/run-control.ts';
import { countSteps, train } from '../../src/engine/train/trainer.ts';
import { rankClasses } from '../../src/engine/train/rank-classes.ts';
import { learningOf } from '../../src/engine/train/what-learns.ts';
import { TEXT_PAIR_KEY } from '../../src/formats/model-config.ts';
import type { ModelFolder } from '../../src/hub/model-folder.ts';
import { throttleProgress } from '../../src/lib/throttle.ts';
import { Problem } from '../../src/lib/problem.ts';
import { problemTypeOf, type ProblemType } from '../../src/lib/targets.ts';
import { completeTokenizer } from '../../src/text/complete-tokenizer.ts';
import type { TokenizerFiles } from '../../src/text/types.ts';
import type { TokenSource } from '../../src/protocol/tokenizer.ts';
import type { ModelSource, Phase, TrainerWorker, TrainEvent } from '../../src/protocol/trainer.ts';
import { modelInfo } from './model-info.ts';
import { packAdapter, packModel, type TrainingRecord } from './pack-model.ts';
import { createRehearsals } from './rehearsals.ts';
import { createPinnedTexts } from './pinned-texts.ts';
import { learningRemarks, whatLearns } from './what-learnt.ts';

/** What the worker around it provides; a test provides its own. */
export interface TrainerSurroundings {
  startBackend(choice: Parameters<TrainerWorker['useCompute']>[0]): Promise<ComputeInfo>;
  openFolder(source: ModelSource, onProgress: (done: number, total: number) => void): Promise<ModelFolder>;
  /** comlink's proxy for callbacks that cross to the tokenizer worker. */
  proxy<T extends object>(callback: T): T;
}

interface OpenedModel {
  readonly from: ModelSource;
  readonly folder: ModelFolder;
  readonly weights: ModelWeights;
  readonly tokenizer: TokenizerFiles;
}

/** A classifier on the device, with what it takes to use and export it. */
interface LiveModel {
  readonly classifier: Classifier;
  readonly classes: readonly string[];
  readonly problemType: ProblemType;
  readonly opened: OpenedModel;
  /** Null for an imported model. */
  readonly training: TrainingRecord | null;
  /** What LoRA learnt, where the classifier has it merged already. */
  readonly adapter: ExportedAdapter | null;
}

/** The run that is on. */
interface Run {
  readonly stop: AbortController;
  readonly control: RunControl;
  /** Nothing of it is to stay. */
  discarded: boolean;
}

type AsyncTokenSource = {
  [Name in keyof TokenSource]: (...args: Parameters<TokenSource[Name]>) => Promise<Awaited<ReturnType<TokenSource[Name]>>>;
};

function busy(what: string): Problem {
  return new Problem({
    where: what,
    expected: 'no training to be on',
    found: 'a run that is not finished',
    fix: 'Press Stop first; what was learnt so far stays.',
  });
}

function noModel(where: string): Problem {
  return new Problem({ where, expected: 'an open model', found: 'none', fix: 'Choose a model first.' });
}

export type TrainerService = Omit<TrainerWorker, 'connect'> & { connect(tokens: AsyncTokenSource): void };

export function createTrainerService(surroundings: TrainerSurroundings): TrainerService {
  let tokens: AsyncTokenSource | null = null;
  let compute: ComputeInfo | null = null;
  let opened: OpenedModel | null = null;
  let live: LiveModel | null = null;
  let run: Run | null = null;
  let opening: Promise<unknown> = Promise.resolve();

  const tokenSource = (): AsyncTokenSource => {
    if (!tokens) throw new Error('the trainer is not connected with the tokenizer');
    return tokens;
  };

  const ensureCompute = async (): Promise<ComputeInfo> => (compute ??= await surroundings.startBackend('auto'));

  const rehearsals = createRehearsals(async () => {
    await opening;
    if (!opened) throw noModel('Before training');
    const { weights } = opened;
    const tokenize = (maxLength: number) =>
      tokenSource().tokenizeDataset(
        maxLength,
        surroundings.proxy(() => undefined),
      );
    return { weights, compute: await ensureCompute(), tokenize };
  });

  const replaceLive = (next: LiveModel | null): void => {
    live?.classifier.dispose();
    live = next;
  };

  /** The live model as it would be after a visit to the disk: its weights read back, on whatever backend is current now. */
  const rebuild = (model: LiveModel, exported: readonly ExportedTensor[], adapter: ExportedAdapter | null): LiveModel => {
    const tensors = new Map(exported.map((each) => [each.name, each]));
    const find = (name: string) => {
      const tensor = tensors.get(name);
      if (!tensor) throw new Error(`no tensor ${name}`);
      return tensor;
    };
    const { classes, problemType } = model;
    const config = { ...model.opened.weights.config, classes, problemType, otherTask: null };
    const weights = readWeights(config, { names: [...tensors.keys()], tensor: find });
    const classifier = createClassifier(weights, { classCount: model.classes.length, keepClassifier: true, seed: 0 });
    return { ...model, classifier, adapter };
  };

  /** The live model is the opened one as it came, if it came with a head. */
  const useAsOpened = (model: OpenedModel): void => {
    const { classes, config } = model.weights;
    const { problemType } = config;
    const classifier = classes && createClassifier(model.weights, { classCount: classes.length, keepClassifier: true, seed: 0 });
    replaceLive(classifier && { classifier, classes, problemType, opened: model, training: null, adapter: null });
  };

  const pinned = createPinnedTexts((texts, maxLength) => tokenSource().encode(texts, maxLength));

  const open: TrainerWorker['openModel'] = async (source, onProgress) => {
    const folder = await surroundings.openFolder(source, throttleProgress(onProgress));
    const config = parseConfig(folder.config);
    const tokenizer = completeTokenizer(folder, config.model_type);
    const weights = readWeights(config, folder.weights);
    await ensureCompute();
    await tokenSource().loadTokenizer(tokenizer);
    opened = { from: source, folder, weights, tokenizer };
    pinned.forget();
    useAsOpened(opened);
    return modelInfo(folder, weights);
  };

  return {
    connect(source) {
      tokens = source;
    },

    async useCompute(choice) {
      if (run) throw busy('Compute');
      await Promise.all([opening, rehearsals.end()]);
      const kept = live && { model: live, exported: await live.classifier.exportTensors(), adapter: await adapterOf(live) };
      replaceLive(null);
      try {
        compute = await surroundings.startBackend(choice);
      } finally {
        if (kept) live = rebuild(kept.model, kept.exported, kept.adapter);
      }
      return compute;
    },

    async checkConfig(config) {
      parseConfig(config);
    },

    openModel(source, onProgress) {
      if (run) return Promise.reject(busy('Model'));
      // One after the other: of two that were asked for, the later one stays, and the earlier one if the later is broken.
      const mine = Promise.all([opening, rehearsals.end()]).then(() => open(source, onProgress));
      opening = mine.catch(() => undefined);
      return mine;
    },

    async train(settings, onEvent) {
      if (run) throw busy('Train');
      const mine: Run = { stop: new AbortController(), control: createRunControl(), discarded: false };
      run = mine;
      const { signal } = mine.stop;
      let record: TrainingRecord | null = null;
      let scoring: Promise<unknown> = Promise.resolve();
      try {
        const learning = learningOf(completeArguments(settings));
        await Promise.all([opening, rehearsals.end()]);
        const model = opened;
        if (!model) throw noModel('Train');
        const device = await ensureCompute();
        const data = await tokenSource().tokenizeDataset(
          settings.max_length,
          surroundings.proxy((done: number, total: number) => {
            onEvent(phaseProgress('tokenize', done / Math.max(1, total)));
          }),
        );
        if (signal.aborted) {
          const outcome = mine.discarded ? 'discarded' : 'stopped';
          return { outcome, steps: 0, seconds: 0, evaluation: null, weightsStep: 0, problem: null };
        }
        onEvent(phaseProgress('compile', 0));
        const problemType = problemTypeOf(data.train.targets);
        const head: HeadOfModel = { classes: model.weights.classes, problemType: model.weights.config.problemType };
        const keepClassifier = sameHead(head, { classes: data.classes, problemType });
        const classifier = createClassifier(model.weights, {
          classCount: data.classes.length,
          keepClassifier,
          seed: settings.seed,
          learning,
        });
        const learnt = whatLearns(learning, classifier);
        const remarks = [
          ...headRemarks(head, { classes: data.classes, problemType }, keepClassifier),
          ...learningRemarks(learning, learnt),
        ];
        const running: TrainingRecord = {
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
        record = running;
        replaceLive({ classifier, classes: data.classes, problemType, opened: model, training: running, adapter: null });
        await pinned.encode(Math.min(settings.max_length, classifier.maxLength));
        onEvent({
          type: 'started',
          totalSteps: countSteps(data.train.offsets.length - 1, settings).total,
          guessingLoss: guessingLossOf(data.train, settings, data.classes.length),
          classes: data.classes,
          truncatedRows: data.truncatedRows,
          pairs: data.dataset.secondTextColumn !== null,
          remarks,
        });
        const outcome = await train({
          model: classifier,
          data: { train: data.train, validation: data.validation },
          settings,
          signal,
          control: mine.control,
          hooks: {
            onSteps: (points) => {
              running.steps = points.at(-1)?.step ?? running.steps;
              onEvent({ type: 'steps', points });
            },
            onEvaluation: (evaluation) => {
              running.evaluation = evaluation;
              onEvent({ type: 'evaluation', evaluation });
              // Handed to the device here, with these very weights, and read while the run goes on.
              const scored = pinned.score({ classifier, classes: data.classes, problemType, step: evaluation.step });
              scoring = Promise.all([scoring, scored.then((scores) => scores && onEvent({ type: 'pinned', scores }))]);
            },
            onPaused: (paused) => {
              onEvent({ type: 'paused', paused });
            },
            onProgress: (progress) => {
              onEvent({ type: 'progress', ...progress });
            },
          },
        });
        running.steps = outcome.weightsStep;
        running.evaluation = outcome.evaluation;
        running.outcome = outcome;
        await scoring;
        if (mine.discarded) {
          useAsOpened(model);
          return { ...outcome, outcome: 'discarded', evaluation: null };
        }
        if (data.test.offsets.length > 1 && outcome.steps > 0) {
          onEvent(phaseProgress('evaluate', 1));
          const measured = await evaluate(classifier, data.test);
          running.test = { step: outcome.weightsStep, epoch: outcome.evaluation?.epoch ?? 0, ...measured };
        }
        return { ...outcome, test: running.test };
      } catch (error) {
        // A run that failed half-way leaves weights that nobody can vouch for.
        if (record && live?.training === record) replaceLive(null);
        throw error;
      } finally {
        run = null;
      }
    },

    rehearse: (settings) => (run ? Promise.resolve(null) : rehearsals.measure(settings)),
    findBatchSize: (settings, onTrial) => (run ? Promise.resolve(null) : rehearsals.findBatchSize(settings, onTrial)),
    endRehearsal: () => rehearsals.end(),

    stop(keep) {
      if (!run) return;
      run.discarded = !keep;
      run.stop.abort();
    },

    pause() {
      run?.control.pause();
    },

    resume() {
      run?.control.resume();
    },

    evaluateNow() {
      run?.control.evaluate();
    },

    async pin(texts, maxLength) {
      await pinned.choose(texts, live ? Math.min(maxLength, live.classifier.maxLength) : maxLength, opened !== null);
      return live && pinned.score({ ...live, step: live.training?.steps ?? null });
    },

    async predict(text, maxLength, secondText = null) {
      if (!live || text.trim() === '') return null;
      const start = performance.now();
      const rows = await tokenSource().encode(
        [text],
        Math.min(maxLength, live.classifier.maxLength),
        secondText === null ? null : [secondText],
      );
      const { classifier, classes, problemType, training } = live;
      const probabilities = await predict(classifier, rows, { problemType });
      return {
        problemType,
        classes: rankClasses(classes, probabilities, problemType),
        step: training?.steps ?? null,
        milliseconds: performance.now() - start,
      };
    },

    async exportModel(form = 'merged') {
      if (!live) {
        throw new Problem({
          where: 'Download model',
          expected: 'a trained or imported model',
          found: 'none yet',
          fix: 'Train first, or import a model.',
        });
      }
      const { classifier, classes, problemType, opened: model, training } = live;
      const { weights, folder, tokenizer, from } = model;
      const pairs = training ? training.data.dataset.secondTextColumn !== null : folder.config[TEXT_PAIR_KEY] === true;
      const packed = { classes, problemType, config: weights.config, folder, tokenizer, pairs, from, training };
      if (form === 'merged') return packModel({ ...packed, tensors: await classifier.exportTensors() });
      const adapter = await adapterOf(live);
      if (adapter) return packAdapter({ ...packed, adapter });
      throw new Problem({
        where: 'Download model',
        expected: 'a model that was trained with LoRA',
        found: 'one that was trained otherwise',
        fix: 'Download the whole model, or set train_layers to lora and train again.',
      });
    },
  };
}

async function adapterOf({ classifier, adapter }: LiveModel): Promise<ExportedAdapter | null> {
  return adapter ?? (await classifier.exportAdapter());
}

function phaseProgress(phase: Phase, fraction: number): TrainEvent {
  return { type: 'progress', phase, fraction, step: 0, epoch: 0, rowsPerSecond: null, tokensPerSecond: null, secondsLeft: null };
}

/** What a classifier's outputs mean. */
interface HeadOfModel {
  /** null: the model has none. */
  readonly classes: readonly string[] | null;
  readonly problemType: ProblemType;
}

type HeadOfData = HeadOfModel & { readonly classes: readonly string[] };

function sameHead(stored: HeadOfModel, wanted: HeadOfData): boolean {
  const { classes, problemType } = stored;
  if (classes?.length !== wanted.classes.length || problemType !== wanted.problemType) return false;
  return classes.every((name, index) => name === wanted.classes[index]);
}

function headRemarks(stored: HeadOfModel, wanted: HeadOfData, kept: boolean): string[] {
  if (kept) return ['The classifier of the model has the same classes and is trained on.'];
  if (!stored.classes) return [];
  const several = ({ problemType }: HeadOfModel): string =>
    problemType === 'multi_label_classification' ? ', several for one text' : '';
  const found = `${stored.classes.join(', ')}${several(stored)}`;
  return [
    `The model's classes (${found}) are not the data's (${wanted.classes.join(', ')}${several(wanted)}): a new classifier was initialised.`,
  ];
}
