/** The run on the page: what the trainer worker's events said last. Its curves are in curves.ts. */
import { createStore } from 'zustand/vanilla';
import { proxy } from '../protocol/bridge.ts';
import type { Evaluation, Phase, TrainEvent, TrainResult, TrainSettings } from '../protocol/trainer.ts';
import { curvesStore } from './curves.ts';
import { dataStore } from './data.ts';
import { modelStore } from './model.ts';
import { problemsStore, report } from './problems.ts';
import { parseSettings, settingsStore } from './settings.ts';
import { call, liveGeneration } from './workers.ts';

export type RunStatus = 'idle' | 'running' | 'stopping';

export interface RunProgress {
  readonly phase: Phase | 'prepare';
  /** 0..1, of the phase until training began, then of the run. */
  readonly fraction: number;
  readonly step: number;
  readonly epoch: number;
  readonly rowsPerSecond: number | null;
  readonly secondsLeft: number | null;
}

export interface RunState {
  readonly status: RunStatus;
  readonly progress: RunProgress;
  readonly settings: TrainSettings | null;
  readonly totalSteps: number;
  readonly classes: readonly string[];
  readonly truncatedRows: number;
  readonly remarks: readonly string[];
  readonly trainingLoss: number | null;
  readonly evaluation: Evaluation | null;
  /** The evaluation with the best accuracy, the first of equals. */
  readonly best: Evaluation | null;
  /** How the last run ended, null while one runs, after one failed and before the first. */
  readonly result: TrainResult | null;
  /** The workers that hold weights trained here, 0 when there are none. */
  readonly trainedIn: number;
  /** Whether those were trained on pairs of texts, null when there are none. */
  readonly trainedPairs: boolean | null;
  /** Starts a run when there is data, none runs and the settings are numbers; otherwise says what is missing. */
  train(): Promise<void>;
  stop(): void;
  /** Forgets the last run: another model took its place. */
  clear(): void;
}

const BEFORE: RunProgress = { phase: 'prepare', fraction: 0, step: 0, epoch: 0, rowsPerSecond: null, secondsLeft: null };

const NO_RUN = {
  status: 'idle',
  progress: BEFORE,
  settings: null,
  totalSteps: 0,
  classes: [],
  truncatedRows: 0,
  remarks: [],
  trainingLoss: null,
  evaluation: null,
  best: null,
  result: null,
  trainedIn: 0,
  trainedPairs: null,
} as const satisfies Partial<RunState>;

export const runStore = createStore<RunState>()((set, get) => {
  const take = (event: TrainEvent): void => {
    switch (event.type) {
      case 'started': {
        const { totalSteps, classes, truncatedRows, remarks, pairs } = event;
        curvesStore.getState().start(totalSteps, classes.length);
        set({ totalSteps, classes, truncatedRows, remarks, trainedPairs: pairs });
        return;
      }
      case 'progress': {
        const { phase, fraction, step, epoch, rowsPerSecond, secondsLeft } = event;
        set({ progress: { phase, fraction, step, epoch, rowsPerSecond, secondsLeft } });
        return;
      }
      case 'steps':
        curvesStore.getState().addSteps(event.points);
        set({ trainingLoss: event.points.at(-1)?.loss ?? get().trainingLoss, trainedIn: liveGeneration() });
        return;
      case 'evaluation': {
        const { evaluation } = event;
        const { best } = get();
        curvesStore.getState().addEvaluation(evaluation);
        set({ evaluation, best: best && best.accuracy >= evaluation.accuracy ? best : evaluation });
        return;
      }
      default:
        event satisfies never;
    }
  };

  return {
    ...NO_RUN,
    async train() {
      if (get().status !== 'idle' || !dataStore.getState().dataset) return;
      const problems = problemsStore.getState();
      problems.clear('training');
      const settings = parseSettings(settingsStore.getState().drafts);
      if ('wrong' in settings) {
        problems.add('training', {
          where: 'Settings',
          expected: 'numbers in every field',
          found: settings.message,
          fix: 'Correct the field and train again.',
        });
        return;
      }
      const { trainedIn: hadWeights, trainedPairs } = get();
      set({ ...NO_RUN, status: 'running', settings, trainedIn: hadWeights, trainedPairs });
      curvesStore.getState().clear();
      try {
        await modelStore.getState().ensure();
        await dataStore.getState().ensure();
        if (get().status === 'stopping') {
          set({ ...NO_RUN, trainedIn: hadWeights, trainedPairs });
          return;
        }
        const result = await call((link) => link.trainer.train(settings, proxy(take)));
        set({ result, status: 'idle' });
      } catch (error) {
        // The worker drops what a failed run had learnt: nobody can vouch for it.
        set({ status: 'idle', trainedIn: 0, trainedPairs: null });
        report('training', error, 'Training');
      }
    },
    stop() {
      if (get().status !== 'running') return;
      set({ status: 'stopping' });
      call((link) => link.trainer.stop()).catch((error: unknown) => report('training', error, 'Stop'));
    },
    clear() {
      if (get().status !== 'idle') return;
      set(NO_RUN);
      curvesStore.getState().clear();
    },
  };
});
