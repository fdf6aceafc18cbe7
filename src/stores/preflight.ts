/**
 * What a run would take on this machine, before it is begun: measured by a few real steps in the trainer worker. Small runs are measured by
 * themselves once the page is quiet, larger ones at a click; training ends it. What only counts steps (epochs, evaluations) is reckoned
 * anew at each keystroke, what changes a step is measured again.
 */
import { createStore } from 'zustand/vanilla';
import type { ArgumentName, CompleteArguments } from '../engine/train/arguments.ts';
import { planRun, type RunPlan } from '../engine/train/run-plan.ts';
import { runSeconds } from '../engine/train/run-time.ts';
import type { ProblemText } from '../lib/problem.ts';
import { proxy } from '../protocol/bridge.ts';
import type { BatchSearch, BatchTrial, LighterSettings, RehearsalReport } from '../protocol/rehearsal.ts';
import { computeStore } from './compute.ts';
import { dataStore } from './data.ts';
import { doctorStore } from './doctor.ts';
import { modelStore } from './model.ts';
import { problemText } from './problems.ts';
import { runStore } from './run.ts';
import { draftOf, parseSettings, settingsStore } from './settings.ts';
import { call, liveGeneration } from './workers.ts';

export interface PreflightState {
  /** `searching`: for the largest batch. */
  readonly status: 'none' | 'measuring' | 'searching' | 'measured';
  /** Of the open data and model under `measuredFor`; null until there is one. */
  readonly report: RehearsalReport | null;
  /** The settings that it was measured with. */
  readonly measuredFor: CompleteArguments | null;
  /** What went wrong besides what the report tells. */
  readonly problem: ProblemText | null;
  readonly trials: readonly BatchTrial[];
  readonly search: BatchSearch | null;
  measure(): Promise<void>;
  findBatchSize(): Promise<void>;
  /** Gives up what is on. */
  cancel(): void;
  /** Takes settings over at a click. */
  apply(change: LighterSettings['change']): void;
}

/** Settings that leave a step what it is: they count steps, or say what is done with the gradients. */
const BESIDE_THE_STEP: ReadonlySet<ArgumentName> = new Set<ArgumentName>([
  'num_train_epochs',
  'max_steps',
  'learning_rate',
  'weight_decay',
  'adam_beta1',
  'adam_beta2',
  'adam_epsilon',
  'max_grad_norm',
  'lr_scheduler_type',
  'warmup_ratio',
  'warmup_steps',
  'label_smoothing_factor',
  'seed',
  'eval_strategy',
  'evaluations_per_epoch',
  'eval_steps',
  'early_stopping_patience',
  'early_stopping_threshold',
  'metric_for_best_model',
  'load_best_model_at_end',
  'lora_alpha',
]);

/** Whether what was measured with `before` still holds with `now`. */
export function sameStep(before: CompleteArguments, now: CompleteArguments): boolean {
  const names = Object.keys(now) as readonly ArgumentName[];
  return names.every((name) => BESIDE_THE_STEP.has(name) || String(before[name]) === String(now[name]));
}

export interface Outlook {
  readonly plan: RunPlan;
  /** Null where the run would not do. */
  readonly seconds: number | null;
}

/** The run by these settings, null where they change what was measured. */
export function outlook({ report, measuredFor }: PreflightState, settings: CompleteArguments): Outlook | null {
  if (!report || !measuredFor || !sameStep(measuredFor, settings)) return null;
  const plan = planRun(report.rows, settings);
  return { plan, seconds: report.rates && runSeconds(report.rates, plan) };
}

/** Beyond this a rehearsal would be felt, so a person asks for it: texts to read, and weights to compute with. */
const MOST_ROWS = 20_000;
const MOST_WEIGHTS = { webgpu: 2e8, simd: 3e7, cpu: 0 };
/** The page has been quiet for so long. */
const QUIET_MS = 1200;

const NOTHING = {
  status: 'none',
  report: null,
  measuredFor: null,
  problem: null,
  trials: [],
  search: null,
} as const satisfies Partial<PreflightState>;

function present(): CompleteArguments | null {
  const settings = parseSettings(settingsStore.getState().drafts);
  return 'wrong' in settings ? null : settings;
}

/** Whether the data, the model and the settings for a run are there and none is on. */
export function canMeasure(): boolean {
  return (
    runStore.getState().status === 'idle' &&
    dataStore.getState().dataset?.profile != null &&
    modelStore.getState().info !== null &&
    present() !== null
  );
}

let latest = 0;

export const preflightStore = createStore<PreflightState>()((set, get) => {
  /** What was known stays in sight while something is measured anew. */
  const attempt = async <Result>(
    status: 'measuring' | 'searching',
    work: (settings: CompleteArguments) => Promise<Result | null>,
    take: (result: Result, settings: CompleteArguments) => Partial<PreflightState>,
  ): Promise<void> => {
    const settings = present();
    if (!settings || !canMeasure()) return;
    const mine = ++latest;
    set({ status, problem: null, ...(status === 'searching' ? { trials: [], search: null } : {}) });
    const settle = (changes: Partial<PreflightState>): void => {
      if (mine === latest) set({ ...changes, status: (changes.report ?? get().report) ? 'measured' : 'none' });
    };
    try {
      await modelStore.getState().ensure();
      await dataStore.getState().ensure();
      const result = await work(settings);
      settle(result === null ? {} : take(result, settings));
    } catch (error) {
      settle({ problem: problemText(error, 'Before training') });
    }
  };
  return {
    ...NOTHING,
    measure: () =>
      attempt(
        'measuring',
        (settings) => call((link) => link.trainer.rehearse(settings)),
        (report, measuredFor) => ({ report, measuredFor }),
      ),
    findBatchSize: () =>
      attempt(
        'searching',
        (settings) =>
          call((link) =>
            link.trainer.findBatchSize(
              settings,
              proxy((trial: BatchTrial) => {
                if (get().status === 'searching') set(({ trials }) => ({ trials: [...trials, trial] }));
              }),
            ),
          ),
        (search) => ({ search, trials: search.trials }),
      ),
    cancel() {
      const { status, report } = get();
      if (status !== 'measuring' && status !== 'searching') return;
      latest++;
      set({ status: report ? 'measured' : 'none' });
      call((link) => link.trainer.endRehearsal()).catch(() => undefined);
    },
    apply(change) {
      for (const [name, value] of Object.entries(change)) {
        settingsStore.getState().edit(name as ArgumentName, draftOf(value));
      }
      set({ trials: [], search: null });
      void get().measure();
    },
  };
});

/** Whether it may be measured without being asked: nothing else computes, nothing trained is at stake, and it is quick. */
function isSmall(): boolean {
  const { dataset, generation } = dataStore.getState();
  const { info, generation: ofModel } = modelStore.getState();
  const { info: compute } = computeStore.getState();
  const { lengths, baseline } = doctorStore.getState();
  if (!dataset?.profile || !info || !compute || !lengths || !baseline) return false;
  const { status, totalSteps, trainedIn } = runStore.getState();
  if (status !== 'idle' || totalSteps > 0 || trainedIn !== 0) return false;
  const isLive = generation === liveGeneration() && ofModel === generation;
  return isLive && dataset.profile.trainRows <= MOST_ROWS && info.parameters <= MOST_WEIGHTS[compute.backend];
}

let quiet: ReturnType<typeof setTimeout> | undefined;

function measureSoon(): void {
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    const state = preflightStore.getState();
    const settings = present();
    if (!settings || !isSmall() || state.status === 'measuring' || state.status === 'searching') return;
    if (outlook(state, settings) === null) void state.measure();
  }, QUIET_MS);
}

/** Another dataset, model or hardware: what was measured is of no use. */
function forget(): void {
  latest++;
  preflightStore.setState(NOTHING);
  measureSoon();
}

dataStore.subscribe(({ dataset }, before) => {
  if (dataset !== before.dataset) forget();
});
modelStore.subscribe(({ info }, before) => {
  if (info !== before.info) forget();
});
computeStore.subscribe(({ info }, before) => {
  // The same hardware is told again and again; other tiles make other speed.
  if (JSON.stringify(info) !== JSON.stringify(before.info)) forget();
});
settingsStore.subscribe(measureSoon);
doctorStore.subscribe(({ lengths, baseline }, before) => {
  if (lengths !== before.lengths || baseline !== before.baseline) measureSoon();
});
runStore.subscribe(({ status }, before) => {
  // The trainer worker gives it up by itself.
  if (status !== 'idle' && before.status === 'idle')
    preflightStore.setState(({ report }) => ({ status: report ? 'measured' : 'none' }));
});
// This module comes with its card, when the data may have been there for a while.
measureSoon();
