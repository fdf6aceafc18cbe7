/**
 * The trainer worker's state: the hardware in use, the opened model (its files, to start any run from), the live classifier (trained or
 * imported, to predict with and to export), and the run that is on. It fits engine, hub and formats together and computes nothing.
 * A call that throws leaves what was there.
 */
import { isHardwareFailure } from '../../src/engine/backend/hardware-failure.ts';
import type { ComputeChoice, ComputeInfo } from '../../src/engine/backend/types.ts';
import { parseConfig } from '../../src/engine/models/config.ts';
import { readWeights } from '../../src/engine/models/weights.ts';
import { predict } from '../../src/engine/train/evaluate.ts';
import { rankClasses } from '../../src/engine/train/rank-classes.ts';
import type { ModelFolder } from '../../src/hub/model-folder.ts';
import type { FileStore } from '../../src/lib/file-store.ts';
import { throttleProgress } from '../../src/lib/throttle.ts';
import { Problem } from '../../src/lib/problem.ts';
import { completeTokenizer } from '../../src/text/complete-tokenizer.ts';
import type { ModelSource, TrainerWorker, TrainEvent } from '../../src/protocol/trainer.ts';
import { keepLiveModel, type KeptModel } from './keep-model.ts';
import { adapterOf, asOpened, rebuild, type LiveModel, type OpenedModel, packedOf } from './live-model.ts';
import { modelInfo } from './model-info.ts';
import { packAdapter, packModel } from './pack-model.ts';
import { createRehearsals } from './rehearsals.ts';
import { createPinnedTexts } from './pinned-texts.ts';
import { profileModel } from './profile-model.ts';
import { keeperProblem, type RunKeeper, type RunShelf } from './run-keeper.ts';
import { GivenUp, settleFailed, trainThroughFailures } from './run-recovery.ts';
import { createRun, noModel, phaseProgress, type AsyncTokenSource, type Run } from './training-run.ts';
import { createTuner, type Tune } from './tuner.ts';

/** What the worker around it provides; a test provides its own. */
export interface TrainerSurroundings {
  startBackend(choice: Parameters<TrainerWorker['useCompute']>[0]): Promise<ComputeInfo>;
  /** Measures the GPU that was started, where there is one. */
  readonly tune: Tune;
  openFolder(source: ModelSource, onProgress: (done: number, total: number) => void): Promise<ModelFolder>;
  /** The folder of a run on the disk; left out where there is no disk. */
  runFolder?(id: string): FileStore;
  /** comlink's proxy for callbacks that cross to the tokenizer worker. */
  proxy<T extends object>(callback: T): T;
  /** Where runs are kept; left out, none is. */
  readonly runs?: RunShelf;
}

function busy(what: string): Problem {
  return new Problem({
    where: what,
    expected: 'no training to be on',
    found: 'a run that is not finished',
    fix: 'Press Stop first; what was learnt so far stays.',
  });
}

export interface TrainerService extends Omit<TrainerWorker, 'connect'> {
  connect(tokens: AsyncTokenSource): void;
  /** The hardware lost its tensors. True where a run takes care of it. */
  hardwareFailed(problem: Problem): boolean;
}

export function createTrainerService(surroundings: TrainerSurroundings): TrainerService {
  let tokens: AsyncTokenSource | null = null;
  let compute: ComputeInfo | null = null;
  let opened: OpenedModel | null = null;
  let live: LiveModel | null = null;
  let run: Run | null = null;
  /** Of the run that was begun last, until it ended. */
  let keeper: RunKeeper | null = null;
  let choice: ComputeChoice = 'auto';
  let opening: Promise<unknown> = Promise.resolve();

  const tokenSource = (): AsyncTokenSource => {
    if (!tokens) throw new Error('the trainer is not connected with the tokenizer');
    return tokens;
  };

  const tuner = createTuner(surroundings.tune, (tiles) => {
    if (compute) compute = { ...compute, tiles };
  });

  const ensureCompute = async (): Promise<ComputeInfo> => {
    if (compute) return compute;
    compute = await surroundings.startBackend('auto');
    tuner.begin(compute);
    return compute;
  };

  /** For a run: nothing else is on the GPU then. */
  const idleCompute = async (): Promise<ComputeInfo> => {
    await ensureCompute();
    await tuner.cancel();
    return ensureCompute();
  };

  const rehearsals = createRehearsals(async () => {
    await opening;
    if (!opened) throw noModel('Before training');
    const { weights } = opened;
    const tokenize = (maxLength: number) =>
      tokenSource().tokenizeDataset(
        maxLength,
        surroundings.proxy(() => undefined),
      );
    const device = await ensureCompute();
    // Tuned kernels are what the run will have.
    await tuner.settled();
    return { weights, compute: device, tokenize };
  });

  const replaceLive = (next: LiveModel | null): void => {
    live?.classifier.dispose();
    live = next;
  };

  const shelf = (): RunShelf => {
    if (!surroundings.runs) throw new Error('no run is kept here');
    return surroundings.runs;
  };

  const releaseKeeper = (): void => {
    keeper?.release();
    keeper = null;
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
    replaceLive(asOpened(opened));
    return modelInfo(folder, weights);
  };

  /** The model of a run that ended, beside its checkpoints. */
  const keepModel = async (runId: string | undefined, onEvent: (event: TrainEvent) => void): Promise<KeptModel | null> => {
    const store = runId === undefined ? undefined : surroundings.runFolder?.(runId);
    if (!store || !live) return null;
    onEvent(phaseProgress('save', 1));
    return keepLiveModel(store, live);
  };

  return {
    connect(source) {
      tokens = source;
    },

    async useCompute(wanted) {
      if (run) throw busy('Compute');
      await Promise.all([opening, rehearsals.end()]);
      await tuner.cancel();
      const kept = live && { model: live, exported: await live.classifier.exportTensors(), adapter: await adapterOf(live) };
      replaceLive(null);
      try {
        compute = await surroundings.startBackend(wanted);
        choice = wanted;
      } finally {
        if (kept) live = rebuild(kept.model, kept.exported, kept.adapter);
      }
      tuner.begin(compute);
      return compute;
    },

    async compute() {
      return compute;
    },

    async tune(onProgress) {
      if (run) throw busy('Tune for this GPU');
      await Promise.all([ensureCompute(), rehearsals.end()]);
      const tiles = await tuner.ask(throttleProgress(onProgress));
      const present = await ensureCompute();
      compute = tiles ? { ...present, tiles } : present;
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

    async beginRun(about) {
      if (run) throw busy('Train');
      // One that was given up may be held in memory alone.
      if (keeper?.id !== about.id) releaseKeeper();
      if (keeper) return { place: keeper.problem ? 'memory' : 'disk', problem: keeperProblem(keeper) };
      keeper = await shelf().keep(about);
      return { place: keeper.problem ? 'memory' : 'disk', problem: keeperProblem(keeper) };
    },

    async train(settings, onEvent, runId) {
      if (run) throw busy('Train');
      const mine = createRun();
      run = mine;
      const kept = runId === undefined ? null : keeper;
      try {
        await Promise.all([opening, rehearsals.end()]);
        if (kept && kept.id !== runId) throw new Error(`the run ${runId} was not begun`);
        const means = {
          onEvent,
          opened,
          startCompute: idleCompute,
          tokens: tokenSource(),
          proxy: <T extends object>(callback: T) => surroundings.proxy(callback),
          pinned,
          replaceLive,
          keeper: kept,
        };
        const result = await trainThroughFailures(mine, settings, means, async () => {
          replaceLive(null);
          compute = await surroundings.startBackend(choice);
        });
        const model = result.outcome === 'discarded' || result.steps === 0 ? null : await keepModel(runId, onEvent);
        await (result.outcome === 'discarded' ? kept?.discard() : kept?.end(result.outcome));
        if (kept) releaseKeeper();
        return { ...result, ...model };
      } catch (error) {
        // A run that failed half-way leaves weights that nobody can vouch for.
        if (mine.record && live?.training === mine.record) replaceLive(null);
        await settleFailed(kept, error);
        if (!(error instanceof GivenUp)) releaseKeeper();
        throw error;
      } finally {
        run = null;
        if (compute) tuner.begin(compute);
      }
    },

    rehearse: (settings) => (run ? Promise.resolve(null) : rehearsals.measure(settings)),
    findBatchSize: (settings, onTrial) => (run ? Promise.resolve(null) : rehearsals.findBatchSize(settings, onTrial)),
    endRehearsal: () => rehearsals.end(),

    async removeRun(id) {
      if (keeper?.id === id) {
        if (run) throw busy('Remove the run');
        await keeper.discard();
        releaseKeeper();
        return;
      }
      await shelf().remove(id);
    },

    hardwareFailed(problem) {
      if (!run || !isHardwareFailure(problem)) return false;
      run.failure ??= problem;
      run.hardware.abort(problem);
      return true;
    },

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

    profile(settings, from, onProgress) {
      if (run) return Promise.reject(busy('Kernels'));
      // In the queue of what opens a model: a run, another model and another backend wait until the device is free.
      const mine = opening.then(async () => {
        const model = opened;
        if (!model) throw noModel('Kernels');
        const device = await idleCompute();
        const ignore = surroundings.proxy(() => undefined);
        const data = from === 'dataset' ? await tokenSource().tokenizeDataset(settings.max_length, ignore) : null;
        const profile = await profileModel(model.weights, settings, data, throttleProgress(onProgress));
        return { compute: device.title, ...profile };
      });
      opening = mine.then(
        () => compute && tuner.begin(compute),
        () => undefined,
      );
      return mine;
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
      const packed = packedOf(live);
      if (form === 'merged') return packModel({ ...packed, tensors: await live.classifier.exportTensors() });
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
