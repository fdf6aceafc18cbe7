/** The run on the page: what the trainer worker's events said last. Its curves are in curves.ts. */
import { createStore } from 'zustand/vanilla';
import { proxy } from '../protocol/bridge.ts';
import { completeArguments, type CompleteArguments } from '../engine/train/arguments.ts';
import type { ProblemText } from '../lib/problem.ts';
import type { RunAbout } from '../storage/saved-runs.ts';
import type { TilesInfo } from '../engine/backend/types.ts';
import { merit } from '../engine/train/merit.ts';
import type { EvaluatedRows, Evaluation, Phase, ResumedRun, TrainEvent, TrainResult } from '../protocol/trainer.ts';
import { curvesStore } from './curves.ts';
import { dataStore } from './data.ts';
import { modelSourceName, modelStore } from './model.ts';
import { pinnedStore } from './pinned.ts';
import { problemsStore, problemText, report } from './problems.ts';
import { runModel } from './run-model.ts';
import { presentSettings } from './settings.ts';
import { call, liveGeneration, workers, type LiveLink } from './workers.ts';

/** `pausing` and `stopping`: asked for, and the step that the run is in still goes on. */
export type RunStatus = 'idle' | 'running' | 'pausing' | 'paused' | 'stopping';

export interface RunProgress {
  readonly phase: Phase | 'prepare';
  /** 0..1, of the phase until training began, then of the run. */
  readonly fraction: number;
  readonly step: number;
  readonly epoch: number;
  readonly rowsPerSecond: number | null;
  readonly tokensPerSecond: number | null;
  readonly secondsLeft: number | null;
}

export interface RunState {
  readonly status: RunStatus;
  readonly progress: RunProgress;
  readonly settings: CompleteArguments | null;
  readonly totalSteps: number;
  readonly classes: readonly string[];
  readonly truncatedRows: number;
  readonly remarks: readonly string[];
  /** How matrix products are cut in it; null but on WebGPU. */
  readonly tiles: TilesInfo | null;
  readonly trainingLoss: number | null;
  readonly evaluation: Evaluation | null;
  /** The best evaluation by `metric_for_best_model`, the first of equals. */
  readonly best: Evaluation | null;
  /** How the last run ended, null while one runs, after one failed and before the first. */
  readonly result: TrainResult | null;
  /** Names the run, from when it started until another does; null after one that was discarded. */
  readonly runId: string | null;
  /** What the last evaluation took each row for. */
  readonly evaluatedRows: EvaluatedRows | null;
  /** The last checkpoint of the run. */
  readonly saved: SavedCheckpoint | null;
  /** What went wrong in this run and was made good by itself, the last one. */
  readonly recovered: Recovery | null;
  /** Why nothing of this run can be kept on the disk. */
  readonly unkept: ProblemText | null;
  /** The workers that hold weights trained here, 0 when there are none. */
  readonly trainedIn: number;
  /** Whether those were trained on pairs of texts, null when there are none. */
  readonly trainedPairs: boolean | null;
  /** Starts a run when there is data, none runs and the settings are numbers; otherwise says what is missing. */
  train(): Promise<void>;
  /** Takes up a run that was kept, from its last checkpoint; the data that it began with must be open. True when it ended as runs end. */
  goOn(about: RunAbout): Promise<boolean>;
  /** Ends the run behind the step it is in; keeps what was learnt, or goes back to before the run. */
  stop(keep: boolean): void;
  pause(): void;
  resume(): void;
  evaluateNow(): void;
  /** Forgets the last run: another model took its place. */
  clear(): void;
}

export interface SavedCheckpoint {
  readonly step: number;
  readonly place: 'disk' | 'memory';
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly seconds: number;
  /** Why in memory alone. */
  readonly problem: ProblemText | null;
}

export interface Recovery {
  readonly problem: ProblemText;
  /** The run went on from here. */
  readonly step: number;
  /** How often the micro-batches are cut in two now. */
  readonly halvings: number;
}

const BEFORE: RunProgress = {
  phase: 'prepare',
  fraction: 0,
  step: 0,
  epoch: 0,
  rowsPerSecond: null,
  tokensPerSecond: null,
  secondsLeft: null,
};

const NO_RUN = {
  status: 'idle',
  progress: BEFORE,
  settings: null,
  totalSteps: 0,
  classes: [],
  truncatedRows: 0,
  remarks: [],
  tiles: null,
  trainingLoss: null,
  evaluation: null,
  best: null,
  result: null,
  runId: null,
  evaluatedRows: null,
  saved: null,
  recovered: null,
  unkept: null,
  trainedIn: 0,
  trainedPairs: null,
} as const satisfies Partial<RunState>;

/** Fresh workers that a run gets when its own die, and it goes on from its last checkpoint. */
const MOST_TRIES = 2;

/** The run that would begin now, as it is kept. */
function aboutPresent(settings: CompleteArguments): RunAbout {
  const { dataset } = dataStore.getState();
  const { source, info } = modelStore.getState();
  const startedAt = Date.now();
  return {
    version: 1,
    id: `${new Date(startedAt).toISOString().replaceAll(/[-:]|\..*/g, '')}-${Math.random().toString(36).slice(2, 8)}`,
    startedAt,
    settings: { ...settings },
    dataset: { name: dataset?.summary.name ?? '', fingerprint: dataset?.profile?.fingerprint ?? '' },
    model: runModel(source, info?.name ?? modelSourceName(source)),
    ended: null,
  };
}

/** Nothing was learnt: nothing of it needs to stay. */
async function forget({ id }: RunAbout): Promise<void> {
  await call((link) => link.trainer.removeRun(id)).catch(() => undefined);
}

/** Tells the trainer something about the run that is on. */
function tell(what: string, say: (link: LiveLink) => Promise<void>): void {
  call(say).catch((error: unknown) => report('training', error, what));
}

export const runStore = createStore<RunState>()((set, get) => {
  const addEvaluation = (evaluation: Evaluation, evaluatedRows: EvaluatedRows | null = null): void => {
    const { best, settings } = get();
    const metric = settings?.metric_for_best_model ?? 'macro_f1';
    curvesStore.getState().addEvaluation(evaluation);
    set({ evaluation, evaluatedRows, best: best && merit(best, metric) >= merit(evaluation, metric) ? best : evaluation });
  };

  /** The curves of what came before. */
  const takeUp = ({ points, evaluations }: ResumedRun): void => {
    set({ best: null, evaluation: null, trainingLoss: points.at(-1)?.loss ?? null, trainedIn: liveGeneration() });
    curvesStore.getState().addSteps(points);
    for (const evaluation of evaluations) addEvaluation(evaluation);
  };

  const take = (event: TrainEvent, runId: string): void => {
    switch (event.type) {
      case 'started': {
        const { totalSteps, guessingLoss, classes, truncatedRows, remarks, tiles, pairs, resumed } = event;
        curvesStore.getState().start(totalSteps, guessingLoss);
        pinnedStore.getState().start();
        set({ runId, totalSteps, classes, truncatedRows, remarks, tiles, trainedPairs: pairs });
        if (resumed) takeUp(resumed);
        return;
      }
      case 'progress': {
        const { type: _type, ...progress } = event;
        set({ progress });
        return;
      }
      case 'steps':
        curvesStore.getState().addSteps(event.points);
        set({ trainingLoss: event.points.at(-1)?.loss ?? get().trainingLoss, trainedIn: liveGeneration() });
        return;
      case 'evaluation':
        addEvaluation(event.evaluation, event.rows);
        return;
      case 'paused':
        if (get().status !== 'stopping' && get().status !== 'idle') set({ status: event.paused ? 'paused' : 'running' });
        return;
      case 'pinned':
        pinnedStore.getState().take(event.scores);
        return;
      case 'saved': {
        const { step, place, seconds, problem } = event;
        set({ saved: { step, place, seconds, problem, at: Date.now() } });
        return;
      }
      case 'recovered': {
        const { problem, step, halvings } = event;
        set({ recovered: { problem, step, halvings } });
        return;
      }
      default:
        event satisfies never;
    }
  };

  /** One try at a run, from its beginning or its last checkpoint. null: it was stopped before it began. */
  const attempt = async (
    about: RunAbout,
    settings: CompleteArguments,
    onEvent: (event: TrainEvent) => void,
  ): Promise<TrainResult | null> => {
    const { problem } = await call((link) => link.trainer.beginRun(about));
    set({ unkept: problem });
    try {
      await modelStore.getState().ensure();
      await dataStore.getState().ensure();
      await pinnedStore.getState().send();
      if (get().status !== 'stopping') {
        return await call((link) => link.trainer.train(settings, proxy(onEvent), about.id));
      }
    } catch (error) {
      if (get().totalSteps === 0) await forget(about);
      throw error;
    }
    await forget(about);
    return null;
  };

  const run = async (settings: CompleteArguments, describe: () => RunAbout): Promise<boolean> => {
    const { trainedIn: hadWeights, trainedPairs } = get();
    // Events come by a channel of their own, and may come behind the end: nothing of a lost run is to come back by them.
    let present = {};
    set({ ...NO_RUN, status: 'running', settings, trainedIn: hadWeights, trainedPairs });
    curvesStore.getState().clear();
    const tries = async (about: RunAbout): Promise<TrainResult | null> => {
      for (let tried = 0; ; tried++) {
        const mine = (present = {});
        workers();
        const generation = liveGeneration();
        try {
          return await attempt(about, settings, (event) => (present === mine ? take(event, about.id) : undefined));
        } catch (error) {
          present = {};
          const isDead = liveGeneration() !== generation;
          if (!isDead || tried >= MOST_TRIES || get().status === 'stopping') throw error;
          set({
            recovered: { problem: problemText(error, 'Training'), step: get().saved?.step ?? 0, halvings: 0 },
            status: 'running',
          });
        }
      }
    };
    try {
      const result = await tries(describe());
      if (!result) {
        set({ ...NO_RUN, trainedIn: hadWeights, trainedPairs });
        return false;
      }
      if (result.outcome === 'discarded') {
        present = {};
        set(NO_RUN);
        curvesStore.getState().clear();
        pinnedStore.getState().start();
        return true;
      }
      if (result.problem) problemsStore.getState().add('training', result.problem);
      set({ result, status: 'idle', evaluation: result.evaluation ?? get().evaluation });
      return true;
    } catch (error) {
      present = {};
      // The worker drops what a failed run had learnt: nobody can vouch for it. What was saved of it waits on the disk.
      set({ status: 'idle', trainedIn: 0, trainedPairs: null });
      report('training', error, 'Training');
      return false;
    }
  };

  return {
    ...NO_RUN,
    async train() {
      if (get().status !== 'idle' || !dataStore.getState().dataset?.profile) return;
      problemsStore.getState().clear('training');
      const settings = presentSettings();
      if (settings) await run(settings, () => aboutPresent(settings));
    },
    async goOn(about) {
      if (get().status !== 'idle') return false;
      problemsStore.getState().clear('training');
      return run(completeArguments(about.settings), () => about);
    },
    stop(keep) {
      if (get().status === 'idle' || get().status === 'stopping') return;
      set({ status: 'stopping' });
      tell('Stop', (link) => link.trainer.stop(keep));
    },
    pause() {
      if (get().status !== 'running') return;
      set({ status: 'pausing' });
      tell('Pause', (link) => link.trainer.pause());
    },
    resume() {
      if (get().status !== 'paused' && get().status !== 'pausing') return;
      set({ status: 'running' });
      tell('Resume', (link) => link.trainer.resume());
    },
    evaluateNow() {
      if (get().status !== 'idle') tell('Evaluate now', (link) => link.trainer.evaluateNow());
    },
    clear() {
      if (get().status !== 'idle') return;
      set(NO_RUN);
      curvesStore.getState().clear();
    },
  };
});
