/** The run on the page: what the trainer worker's events said last. Its curves are in curves.ts. */
import { createStore } from 'zustand/vanilla';
import { proxy } from '../protocol/bridge.ts';
import type { CompleteArguments } from '../engine/train/arguments.ts';
import type { TilesInfo } from '../engine/backend/types.ts';
import { merit } from '../engine/train/merit.ts';
import type { Evaluation, Phase, TrainEvent, TrainResult } from '../protocol/trainer.ts';
import { curvesStore } from './curves.ts';
import { dataStore } from './data.ts';
import { modelStore } from './model.ts';
import { pinnedStore } from './pinned.ts';
import { problemsStore, report } from './problems.ts';
import { presentSettings } from './settings.ts';
import { call, liveGeneration, type LiveLink } from './workers.ts';

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
  /** The workers that hold weights trained here, 0 when there are none. */
  readonly trainedIn: number;
  /** Whether those were trained on pairs of texts, null when there are none. */
  readonly trainedPairs: boolean | null;
  /** Starts a run when there is data, none runs and the settings are numbers; otherwise says what is missing. */
  train(): Promise<void>;
  /** Ends the run behind the step it is in; keeps what was learnt, or goes back to before the run. */
  stop(keep: boolean): void;
  pause(): void;
  resume(): void;
  evaluateNow(): void;
  /** Forgets the last run: another model took its place. */
  clear(): void;
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
  trainedIn: 0,
  trainedPairs: null,
} as const satisfies Partial<RunState>;

/** Tells the trainer something about the run that is on. */
function tell(what: string, say: (link: LiveLink) => Promise<void>): void {
  call(say).catch((error: unknown) => report('training', error, what));
}

export const runStore = createStore<RunState>()((set, get) => {
  const take = (event: TrainEvent): void => {
    switch (event.type) {
      case 'started': {
        const { totalSteps, guessingLoss, classes, truncatedRows, remarks, tiles, pairs } = event;
        curvesStore.getState().start(totalSteps, guessingLoss);
        pinnedStore.getState().start();
        set({ totalSteps, classes, truncatedRows, remarks, tiles, trainedPairs: pairs });
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
      case 'evaluation': {
        const { evaluation } = event;
        const { best, settings } = get();
        const metric = settings?.metric_for_best_model ?? 'macro_f1';
        curvesStore.getState().addEvaluation(evaluation);
        set({ evaluation, best: best && merit(best, metric) >= merit(evaluation, metric) ? best : evaluation });
        return;
      }
      case 'paused':
        if (get().status !== 'stopping' && get().status !== 'idle') set({ status: event.paused ? 'paused' : 'running' });
        return;
      case 'pinned':
        pinnedStore.getState().take(event.scores);
        return;
      default:
        event satisfies never;
    }
  };

  return {
    ...NO_RUN,
    async train() {
      if (get().status !== 'idle' || !dataStore.getState().dataset?.profile) return;
      const problems = problemsStore.getState();
      problems.clear('training');
      const settings = presentSettings();
      if (!settings) return;
      const { trainedIn: hadWeights, trainedPairs } = get();
      // Events come by a channel of their own, and may come behind the end: nothing of a lost run is to come back by them.
      let isGone = false;
      set({ ...NO_RUN, status: 'running', settings, trainedIn: hadWeights, trainedPairs });
      curvesStore.getState().clear();
      try {
        await modelStore.getState().ensure();
        await dataStore.getState().ensure();
        await pinnedStore.getState().send();
        if (get().status === 'stopping') {
          set({ ...NO_RUN, trainedIn: hadWeights, trainedPairs });
          return;
        }
        const result = await call((link) =>
          link.trainer.train(
            settings,
            proxy((event: TrainEvent) => (isGone ? undefined : take(event))),
          ),
        );
        if (result.outcome === 'discarded') {
          isGone = true;
          set(NO_RUN);
          curvesStore.getState().clear();
          pinnedStore.getState().start();
          return;
        }
        if (result.problem) problems.add('training', result.problem);
        set({ result, status: 'idle', evaluation: result.evaluation ?? get().evaluation });
      } catch (error) {
        isGone = true;
        // The worker drops what a failed run had learnt: nobody can vouch for it.
        set({ status: 'idle', trainedIn: 0, trainedPairs: null });
        report('training', error, 'Training');
      }
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
