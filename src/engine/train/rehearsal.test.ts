/** A rehearsal measures a run and leaves nothing of itself; the batch size is found between what fits and what pays. */
import { engine, memory } from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';
import { Problem } from '../../lib/problem.ts';
import { SimdBackend } from '../backend/simd/backend.ts';
import { createClassifier } from '../models/create-classifier.ts';
import { readWeights } from '../models/weights.ts';
import { describeBackends } from '../testing/node/backends.ts';
import { toyConfig, toyRows, toyWeights } from '../testing/toy-model.ts';
import { completeArguments, type StepPoint, type TrainingArguments } from './arguments.ts';
import { findBatchSize, type BatchTrial } from './batch-search.ts';
import { rehearse } from './rehearsal.ts';
import { chooseSteps } from './rehearsal-steps.ts';
import { planRun } from './run-plan.ts';
import { runSeconds } from './run-time.ts';
import { epochOrder, stepsOf } from './sampler.ts';
import { selectRows } from './select-rows.ts';
import { train } from './trainer.ts';

const settings: TrainingArguments = {
  num_train_epochs: 2,
  learning_rate: 5e-3,
  per_device_train_batch_size: 8,
  weight_decay: 0.01,
  warmup_ratio: 0.1,
  max_grad_norm: 1,
  seed: 5,
  max_length: 20,
  evaluations_per_epoch: 2,
};
const data = { train: toyRows(1, 160), validation: toyRows(2, 30), test: toyRows(3, 10) };
const config = toyConfig();
const weights = readWeights(config, toyWeights(config));
const newModel = (learning?: { readonly kind: 'head' }) =>
  createClassifier(weights, { classCount: 2, keepClassifier: false, seed: 1, ...(learning && { learning }) });
const going = (): AbortSignal => new AbortController().signal;

test('rows that were selected are those rows, in that order', () => {
  const { ids, offsets, targets } = selectRows(data.train, [7, 3]);
  const row = (i: number): number[] => [...data.train.ids.subarray(data.train.offsets[i], data.train.offsets[i + 1])];
  expect([...ids]).toEqual([...row(7), ...row(3)]);
  expect([...offsets]).toEqual([0, row(7).length, row(7).length + row(3).length]);
  expect([...targets.labels]).toEqual([data.train.targets.labels[7], data.train.targets.labels[3]]);
  const several = { kind: 'multi', labels: Uint8Array.of(1, 0, 0, 1, 1, 1) } as const;
  expect([...selectRows({ ...toyRows(1, 3), targets: several }, [2, 0]).targets.labels]).toEqual([1, 1, 1, 0]);
});

test('the steps that are timed begin with the largest of the epoch, and are as long as its steps are', () => {
  const epoch = stepsOf(epochOrder(160, 5, 0), 8, 2);
  const tokens = (rows: typeof data.train, step: readonly Uint32Array[]): number =>
    step.reduce((sum, batch) => sum + batch.reduce((more, row) => more + rows.offsets[row + 1]! - rows.offsets[row]!, 0), 0);
  const { rows, steps } = chooseSteps(data.train, epoch, 7);
  const lengths = epoch.map((step) => tokens(data.train, step));
  expect(steps.map((step) => step.map(({ length }) => length))).toEqual(Array.from({ length: 8 }, () => [8, 8]));
  expect(tokens(rows, steps[0]!)).toBe(Math.max(...lengths));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const timed = steps.slice(1).map((step) => tokens(rows, step));
  expect(Math.abs(mean(timed) / mean(lengths) - 1)).toBeLessThan(0.05);
});

test('a run takes its steps, its evaluations, and what is once', () => {
  const plan = planRun(160, completeArguments(settings));
  expect(plan).toMatchObject({ total: 40, evaluations: 4 });
  expect(runSeconds({ before: 1, step: 0.5, evaluation: 2, after: 3 }, plan)).toBe(1 + 40 * 0.5 + 4 * 2 + 3);
});

describeBackends('a rehearsal', (backend) => {
  test('measures each part and leaves no tensor', async () => {
    const before = memory().numTensors;
    const model = newModel();
    const rates = await rehearse({ model, data, settings, signal: going() });
    model.dispose();
    expect(memory().numTensors).toBe(before);
    expect(rates.before).toBe(0);
    for (const name of ['step', 'evaluation', 'after', 'tokensPerSecond'] as const) {
      expect(rates[name]).toBeGreaterThan(0);
      expect(rates[name]).toBeLessThan(Infinity);
    }
    expect(rates.stepsTimed).toBeGreaterThanOrEqual(3);
  });

  test('says what a run would say: no rows to validate with', async () => {
    const model = newModel();
    const none = { ...data, validation: selectRows(data.validation, []) };
    await expect(rehearse({ model, data: none, settings, signal: going() })).rejects.toMatchObject({ where: 'Validation rows' });
    model.dispose();
  });

  test('is given up between two steps, and leaves no tensor', async () => {
    const before = memory().numTensors;
    const model = newModel();
    const stop = new AbortController();
    const work = rehearse({ model, data, settings, signal: stop.signal });
    stop.abort(new Error('another thing is wanted'));
    await expect(work).rejects.toThrow('another thing is wanted');
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('counts what is encoded once, where the head alone learns', async () => {
    const model = newModel({ kind: 'head' });
    const rates = await rehearse({ model, data, settings: { ...settings, train_layers: 'head' }, signal: going() });
    model.dispose();
    expect(rates.before).toBeGreaterThan(0);
  });

  if (backend !== 'simd') return;

  test('changes nothing of the run behind it: its losses are those of a run without', async () => {
    const losses = async (rehearsed: boolean): Promise<number[]> => {
      if (rehearsed) {
        const scratch = newModel();
        await rehearse({ model: scratch, data, settings, signal: going() });
        scratch.dispose();
      }
      const model = newModel();
      const points: StepPoint[] = [];
      await train({ model, data, settings, hooks: { onSteps: (more) => points.push(...more) } });
      model.dispose();
      return points.map(({ loss }) => loss);
    };
    expect(await losses(true)).toEqual(await losses(false));
  });

  const simdHeap = (): SimdBackend['heap'] => {
    const { backend } = engine();
    if (!(backend instanceof SimdBackend)) throw new Error('for the CPU engine alone');
    return backend.heap;
  };

  /** The engine's heap as if it could not grow beyond so many bytes more than are used now. */
  const bounded = (bytes: number): (() => void) => {
    const heap = simdHeap();
    const most = heap.bytesUsed + bytes;
    const allocate = heap.allocate.bind(heap);
    const spy = vi.spyOn(heap, 'allocate').mockImplementation((size) => {
      if (heap.bytesUsed + size > most) {
        throw new Problem({ where: 'CPU memory', expected: `room for ${size} more`, found: 'none', fix: 'Less.' });
      }
      return allocate(size);
    });
    return () => spy.mockRestore();
  };

  test('the largest batch is tried for until memory is full; what failed leaves neither tensor nor byte', async () => {
    const heap = simdHeap();
    const [tensors, bytes] = [memory().numTensors, heap.bytesUsed];
    const free = bounded(900_000);
    const told: BatchTrial[] = [];
    const search = (per_device_train_batch_size: number) =>
      findBatchSize({
        createModel: newModel,
        rows: data.train,
        settings: { ...settings, per_device_train_batch_size },
        refuse: () => null,
        onTrial: (trial) => told.push(trial),
        signal: going(),
      });
    const up = await search(4).finally(() => undefined);
    const down = await search(128);
    free();
    expect(told).toEqual([...up.trials, ...down.trials]);
    expect(up.trials.map(({ batchSize }) => batchSize)).toEqual([4, 8, 16, 32, 64, 128].slice(0, up.trials.length));
    expect(down.trials[0]).toMatchObject({ batchSize: 128, tokensPerSecond: null, problem: { where: 'CPU memory' } });
    expect(down.best).toBe(down.trials.at(-1)!.batchSize);
    expect(down.best).toBeLessThan(128);
    expect(up.best).toBeGreaterThanOrEqual(4);
    expect(memory().numTensors).toBe(tensors);
    expect(heap.bytesUsed).toBe(bytes);
  });

  test('what is refused is not tried, and where nothing fits there is none', async () => {
    const refusal = { where: 'Memory', expected: '1 GB', found: '2 GB', fix: 'Less.' };
    const createModel = vi.fn(newModel);
    const found = await findBatchSize({
      createModel,
      rows: data.train,
      settings: { ...settings, per_device_train_batch_size: 2 },
      refuse: () => refusal,
      onTrial: () => undefined,
      signal: going(),
    });
    expect(found).toEqual({
      best: null,
      trials: [2, 1].map((batchSize) => ({ batchSize, tokensPerSecond: null, problem: refusal })),
    });
    expect(createModel).not.toHaveBeenCalled();
  });
});
