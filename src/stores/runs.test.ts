/** Runs that are kept, in a real implementation of IndexedDB: written as they go, told from those that a crash left, deleted, brought back. */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { completeArguments } from '../engine/train/arguments.ts';
import { evaluatedRows } from '../engine/train/evaluated-rows.ts';
import { createStepSeries } from '../engine/train/step-series.ts';
import { openRunRecords, type RunRecord } from '../storage/run-records.ts';
import { runLock } from '../storage/saved-runs.ts';
import { createRunsStore, UNDO_FOR } from './runs.ts';

function record(number: number, change: Partial<RunRecord> = {}): RunRecord {
  return {
    ...{ id: `run-${number}`, number, name: `run ${number}`, note: '', startedAt: number, endedAt: null, outcome: 'finished' },
    ...{ problem: null, settings: completeArguments({}), classes: ['a', 'b'], pairs: false, totalSteps: 10, guessingLoss: 0.7 },
    data: { name: 'toy.csv', fingerprint: 'f', train: 8, validation: 2, test: 0 },
    model: { kind: 'starter', name: 'Starter', parameters: 100 },
    compute: { backend: 'simd', title: 'CPU' },
    ...{ steps: 10, seconds: 1, evaluations: [], evaluation: null, best: null, weightsStep: 10, test: null },
    ...{ modelBytes: 5, modelProblem: null, deletedAt: null },
    ...change,
  };
}

function points(from: number, to: number) {
  return Array.from({ length: to - from + 1 }, (_, i) => ({
    ...{ step: from + i, epoch: 0, loss: 1 / (from + i), learningRate: 1e-4, gradNorm: 1, rows: 1, tokens: 1, seconds: 1 },
  }));
}

let database = 0;
const open = () => openRunRecords(`test-${++database}`);

describe('the records', () => {
  it('give back what was written, curves in their order and to the last bit', async () => {
    const records = open();
    await records.put(record(1));
    const [first, second] = [createStepSeries(), createStepSeries()];
    first.push(points(1, 3));
    second.push(points(4, 9));
    const rows = evaluatedRows(9, 2, { kind: 'single', labels: Int32Array.of(0, 1, 1) }, [0, 0, 1]);
    await records.change('run-1', (before) => ({ ...before, steps: 3 }), { curves: first.columns(0) });
    await records.change('run-1', (before) => ({ ...before, steps: 9 }), { curves: second.columns(0), rows });
    expect((await records.list()).map(({ steps }) => steps)).toEqual([9]);
    const back = createStepSeries();
    for (const part of await records.curves('run-1')) back.add(part);
    expect(Array.from({ length: back.length }, (_, i) => back.at(i))).toEqual(points(1, 9));
    expect(await records.rows('run-1')).toMatchObject({ step: 9, predictions: Uint8Array.of(0, 0, 1) });
  });

  it('let a run that goes on write its steps anew from where it does', async () => {
    const records = open();
    await records.put(record(1));
    const write = async (from: number, to: number): Promise<void> => {
      const series = createStepSeries();
      series.push(points(from, to));
      await records.change('run-1', (before) => before, { curves: series.columns(0) });
    };
    await write(1, 4);
    await write(5, 8);
    await write(5, 6);
    const steps = (await records.curves('run-1')).flatMap(({ step }) => [...step]);
    expect(steps).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('change nothing of a run that is gone', async () => {
    const records = open();
    await records.put(record(1));
    await records.remove('run-1');
    expect(await records.change('run-1', (before) => before)).toBeNull();
    expect(await records.list()).toEqual([]);
  });
});

describe('the list', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] }));
  afterEach(() => vi.useRealTimers());

  async function listed(...runs: readonly RunRecord[]) {
    const records = open();
    for (const run of runs) await records.put(run);
    const removed: string[] = [];
    const models: string[] = [];
    const files = {
      sizes: async () => new Map(runs.filter(({ id }) => !removed.includes(id)).map(({ id }) => [id, 7])),
      remove: async (id: string) => void removed.push(id),
      removeModel: async (id: string) => void models.push(id),
    };
    const store = createRunsStore(records, files, async () => new Set([runLock('run-3')]));
    await store.getState().refresh();
    return { store, records, removed, models, names: () => store.getState().records?.map(({ name }) => name) };
  }

  it('tells a run that is on from one that a crash left', async () => {
    const { store } = await listed(record(2, { outcome: 'running' }), record(3, { outcome: 'running' }));
    expect(store.getState().records?.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['run-3', 'running'],
      ['run-2', 'interrupted'],
    ]);
  });

  it('brings a deleted run back, with all of it', async () => {
    const { store, records, removed, names } = await listed(record(1), record(2));
    await store.getState().remove(['run-1']);
    expect(names()).toEqual(['run 2']);
    await store.getState().undo();
    await vi.advanceTimersByTimeAsync(UNDO_FOR + 1000);
    expect(names()).toEqual(['run 2', 'run 1']);
    expect(removed).toEqual([]);
    expect(await records.list()).toHaveLength(2);
  });

  it('lets the files of a deleted run go when nobody wants it back', async () => {
    const { store, records, removed } = await listed(record(1), record(2));
    await store.getState().remove(['run-1']);
    await vi.advanceTimersByTimeAsync(UNDO_FOR + 100);
    await vi.waitFor(async () => expect(await records.list()).toHaveLength(1));
    expect(removed).toEqual(['run-1']);
    expect(store.getState().deleted).toEqual([]);
  });

  it('finishes a deletion that the last visit began', async () => {
    const { removed, records, names } = await listed(record(1, { deletedAt: Date.now() - 60_000 }), record(2));
    expect(names()).toEqual(['run 2']);
    await vi.advanceTimersByTimeAsync(10);
    await vi.waitFor(async () => expect(await records.list()).toHaveLength(1));
    expect(removed).toEqual(['run-1']);
  });

  it('names a run, and frees its model without losing it', async () => {
    const { store, models } = await listed(record(1));
    await store.getState().annotate('run-1', { name: '  better  ', note: 'why' });
    await store.getState().annotate('run-1', { name: ' ', note: 'why' });
    await store.getState().freeModels(['run-1']);
    expect(store.getState().records).toMatchObject([{ name: 'better', note: 'why', modelBytes: null }]);
    expect(models).toEqual(['run-1']);
  });
});
