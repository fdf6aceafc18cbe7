/**
 * Writes down the run that is on: a record when it starts, its curves and measures at each evaluation, and how it ended. What a crash leaves
 * is a record that says "running" and a lock that nobody holds any more (the trainer worker's, saved-runs.ts).
 */
import type { EvaluatedRows } from '../engine/train/evaluated-rows.ts';
import type { StepSeries } from '../engine/train/step-series.ts';
import type { RunRecord, RunRecords } from '../storage/run-records.ts';
import { computeStore } from './compute.ts';
import { curvesStore, evaluationPoints, stepSeries } from './curves.ts';
import { dataStore } from './data.ts';
import { modelStore } from './model.ts';
import { problemsStore, report } from './problems.ts';
import { runStore, type RunState } from './run.ts';
import { nextNumber, runRecords, runsStore } from './runs.ts';

/** "reviews on Starter 3": the third run of this machine. */
export function defaultName(data: string, model: string, number: number): string {
  const stem = data.replace(/\.[a-z0-9]{1,5}$/i, '').replace(/^the /, '');
  return `${stem} on ${model.split('/').at(-1) ?? model} · ${number}`;
}

/** What is known of a run when it starts; null without data or model, which does not happen to one that started. */
function firstRecord(id: string, { settings, classes, trainedPairs, totalSteps }: RunState, number: number): RunRecord | null {
  const { dataset } = dataStore.getState();
  const { info, source } = modelStore.getState();
  const compute = computeStore.getState().info;
  if (!settings || !dataset?.profile || !info || !compute) return null;
  const { profile, summary } = dataset;
  const model = source.kind === 'hub' ? source.id : info.name;
  return {
    ...{ id, number, settings, classes, totalSteps, name: defaultName(summary.name, model, number), note: '' },
    guessingLoss: curvesStore.getState().guessingLoss,
    ...{ startedAt: Date.now(), endedAt: null, outcome: 'running', problem: null, pairs: trainedPairs ?? false },
    data: {
      name: summary.name,
      fingerprint: profile.fingerprint,
      train: profile.trainRows,
      validation: profile.validationRows,
      test: profile.testRows,
    },
    model: { kind: source.kind === 'trained' ? 'run' : source.kind, name: model, parameters: info.parameters },
    compute: { backend: compute.backend, title: compute.title },
    ...{ steps: 0, seconds: 0, evaluations: [], evaluation: null, best: null, weightsStep: 0, test: null },
    ...{ modelBytes: null, modelProblem: null, deletedAt: null },
  };
}

interface Recording {
  readonly id: string;
  /** Steps that are written. */
  written: number;
  /** Of the best and of the latest evaluation. */
  bestRows: EvaluatedRows | null;
  latestRows: EvaluatedRows | null;
  /** Another one where the run went on from a checkpoint: then all of it is written anew. */
  series: StepSeries;
}

export function createRecorder(records: RunRecords) {
  let recording: Recording | null = null;
  /** One write after the other, in the order of what happened. */
  let queue: Promise<void> = Promise.resolve();
  const enqueue = (work: () => Promise<void>): void => {
    queue = queue.then(work).catch((error: unknown) => report('training', error, 'Keeping this run'));
  };

  const begin = (id: string, state: RunState): void => {
    const mine: Recording = { id, written: 0, series: stepSeries(), bestRows: null, latestRows: null };
    recording = mine;
    enqueue(async () => {
      const all = await records.list();
      const before = all.find((record) => record.id === id);
      const record: RunRecord | null = before
        ? { ...before, outcome: 'running', endedAt: null, problem: null }
        : firstRecord(id, state, nextNumber(all));
      if (!record) return;
      await records.put(record);
      runsStore.getState().take(record);
    });
  };

  /** What is known now, and with `end` how it ended. */
  const save = (mine: Recording, state: RunState, end: Partial<RunRecord> = {}): void => {
    const series = stepSeries();
    if (series !== mine.series) [mine.series, mine.written] = [series, 0];
    const part = series.columns(mine.written);
    mine.written = series.length;
    const last = series.length > 0 ? series.at(series.length - 1) : null;
    const { evaluation, best, settings } = state;
    const evaluations = evaluationPoints();
    const keepsBest = settings?.load_best_model_at_end ?? false;
    // Of the weights that the run ends with, as far as is known.
    const step = (end.evaluation ?? (keepsBest ? best : evaluation))?.step;
    const rows = [mine.bestRows, mine.latestRows].find((each) => each?.step === step) ?? undefined;
    enqueue(async () => {
      const change = (before: RunRecord): RunRecord => ({
        ...before,
        outcome: 'running',
        ...{ evaluations, evaluation, best, steps: last?.step ?? before.steps, seconds: last?.seconds ?? before.seconds },
        ...end,
      });
      const record = await records.change(mine.id, change, { curves: part, rows });
      if (record) runsStore.getState().take(record);
    });
  };

  const end = (mine: Recording, state: RunState): void => {
    recording = null;
    const { result } = state;
    if (state.runId !== mine.id) {
      // Discarded: nothing of it is to stay.
      enqueue(() => runsStore.getState().forget(mine.id));
    } else if (result) {
      save(mine, state, {
        outcome: result.outcome === 'discarded' ? 'stopped' : result.outcome,
        ...{ endedAt: Date.now(), problem: result.problem, steps: result.steps, seconds: result.seconds },
        ...{ weightsStep: result.weightsStep, test: result.test ?? null, evaluation: result.evaluation },
        ...{ modelBytes: result.keptBytes ?? null, modelProblem: result.keepProblem ?? null },
      });
    } else {
      const problem = problemsStore.getState().problems.findLast(({ place }) => place === 'training') ?? null;
      // What was saved of it waits on the disk.
      save(mine, state, { outcome: 'interrupted', endedAt: Date.now(), problem });
    }
    enqueue(() => runsStore.getState().measure());
  };

  const follow = (state: RunState, before: RunState): void => {
    if (state.runId !== null && state.runId !== before.runId) begin(state.runId, state);
    const mine = recording;
    if (!mine) return;
    if (state.evaluatedRows && state.evaluatedRows !== before.evaluatedRows) {
      mine.latestRows = state.evaluatedRows;
      if (state.best?.step === state.evaluatedRows.step) mine.bestRows = state.evaluatedRows;
      save(mine, state);
    }
    if (state.status === 'idle' && before.status !== 'idle') end(mine, state);
  };

  return {
    start: () => runStore.subscribe(follow),
    /** Until all that happened is written. */
    written: () => queue,
  };
}

export const recorder = createRecorder(runRecords);
