import { memory, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../lib/problem.ts';
import { packBatch } from '../../text/packing.ts';
import { createBertClassifier } from '../models/bert.ts';
import { disposeBatch, makeBatch, type Classifier } from '../models/classifier.ts';
import { readBertWeights } from '../models/weights.ts';
import { unitGradient } from '../ops/cross-entropy/cross-entropy.ts';
import { describeBackends } from '../testing/node/backends.ts';
import { toyConfig, toyRows, toyWeights } from '../testing/toy-bert.ts';
import type { Evaluation, StepPoint, TrainingArguments } from './arguments.ts';
import { predict } from './evaluate.ts';
import { lossAndGradients } from './gradients.ts';
import { createAdamW } from './optimizer.ts';
import { countSteps, isEvaluationStep, train, type TrainHooks } from './trainer.ts';

const settings: TrainingArguments = {
  num_train_epochs: 3,
  learning_rate: 5e-3,
  per_device_train_batch_size: 8,
  weight_decay: 0.01,
  warmup_ratio: 0.1,
  max_grad_norm: 1,
  seed: 5,
  max_length: 20,
  evaluations_per_epoch: 2,
};
const data = { train: toyRows(1, 100), validation: toyRows(2, 30) };
const config = toyConfig();
const weights = readBertWeights(config, toyWeights(config));
const newModel = (): Classifier => createBertClassifier(weights, { classCount: 2, keepClassifier: false, seed: 1 });

function recorder(): { hooks: TrainHooks; points: StepPoint[]; evaluations: Evaluation[]; fractions: number[] } {
  const [points, evaluations, fractions]: [StepPoint[], Evaluation[], number[]] = [[], [], []];
  const hooks: TrainHooks = {
    onSteps: (more) => points.push(...more),
    onEvaluation: (evaluation) => evaluations.push(evaluation),
    onProgress: ({ fraction }) => fractions.push(fraction),
  };
  return { hooks, points, evaluations, fractions };
}

describe('steps and evaluations', () => {
  test.each([
    [100, 8, 3, 13, 39],
    [96, 8, 1, 12, 12],
    [5, 32, 2, 1, 2],
    [100, 10, 0.55, 10, 6],
  ])('%i rows in batches of %i, %f epochs', (rows, batch, epochs, perEpoch, total) => {
    expect(countSteps(rows, { ...settings, per_device_train_batch_size: batch, num_train_epochs: epochs })).toEqual({
      perEpoch,
      total,
    });
  });

  test.each([
    [12, 3, [4, 8, 12]],
    [13, 4, [4, 7, 10, 13]],
    [5, 1, [5]],
    [2, 2, [1, 2]],
  ])('of %i steps, %i are followed by an evaluation', (perEpoch, count, expected) => {
    const steps = Array.from({ length: perEpoch }, (_, i) => i + 1);
    expect(steps.filter((step) => isEvaluationStep(step, perEpoch, count))).toEqual(expected);
  });
});

describeBackends('training', () => {
  test('a toy BERT learns which word decides, and every event comes', async () => {
    const before = memory().numTensors;
    const model = newModel();
    const { hooks, points, evaluations, fractions } = recorder();
    const result = await train({ model, data, settings, hooks });
    expect(result).toMatchObject({ outcome: 'finished', steps: 39, evaluation: evaluations.at(-1) });
    expect(points.map(({ step }) => step)).toEqual(Array.from({ length: 39 }, (_, i) => i + 1));
    expect(points[0]!.learningRate).toBe(0);
    expect(points.every(({ gradNorm }) => gradNorm > 0)).toBe(true);
    expect(points[38]!.epoch).toBe(3);
    expect(evaluations.map(({ step }) => step).slice(0, 4)).toEqual([7, 13, 20, 26]);
    expect(evaluations).toHaveLength(6);
    expect(fractions.at(-1)).toBe(1);
    expect([...fractions].sort((a, b) => a - b)).toEqual(fractions);
    const last = evaluations[5]!;
    expect(last.accuracy).toBeGreaterThan(0.9);
    expect(last.loss).toBeLessThan(evaluations[0]!.loss);

    const probabilities = await predict(model, data.validation);
    const hits = [...data.validation.labels].filter((label, row) => probabilities[2 * row + label]! > 0.5).length;
    expect(hits / 30).toBeCloseTo(last.accuracy, 12);
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('the same seed gives the same numbers, another seed others', async () => {
    const losses = async (seed: number): Promise<number[]> => {
      const model = newModel();
      const { hooks, points } = recorder();
      await train({ model, data, settings: { ...settings, num_train_epochs: 0.5, seed }, hooks });
      model.dispose();
      return points.map(({ loss }) => loss);
    };
    const first = await losses(1);
    expect(await losses(1)).toEqual(first);
    expect(await losses(2)).not.toEqual(first);
  });

  test('memory is flat over the steps', async () => {
    const model = newModel();
    const optimizer = createAdamW(model.parameters, { weightDecay: 0.01, maxGradNorm: 1 });
    const unit = unitGradient();
    const batch = makeBatch(packBatch(data.train, [3, 1, 4], 64));
    const labels = tensor(Int32Array.of(0, 1, 1), [3], 'int32');
    const counts: string[] = [];
    for (let step = 0; step < 6; step++) {
      const rng = tensor(Int32Array.of(1, 0, step), [3], 'int32');
      const { loss, gradients } = lossAndGradients(model, batch, labels, rng, unit);
      const norm = optimizer.step(gradients, 1e-3);
      expect(Number.isFinite((await loss.data())[0])).toBe(true);
      for (const each of [rng, loss, norm, ...gradients]) each.dispose();
      const { numTensors, numDataBuffers, numBytes } = memory();
      counts.push(`${numTensors} tensors, ${numDataBuffers} buffers, ${numBytes} bytes`);
    }
    expect(new Set(counts).size).toBe(1);
    for (const each of [unit, labels]) each.dispose();
    disposeBatch(batch);
    optimizer.dispose();
    model.dispose();
  });

  test('stopping ends the run after the step it is in; the model stays usable', async () => {
    const before = memory().numTensors;
    const model = newModel();
    const controller = new AbortController();
    const { hooks, points } = recorder();
    const onEvaluation = (): void => controller.abort();
    const result = await train({ model, data, settings, hooks: { ...hooks, onEvaluation }, signal: controller.signal });
    expect(result).toMatchObject({ outcome: 'stopped', steps: 7 });
    expect(points).toHaveLength(7);
    expect((await predict(model, data.validation)).every(Number.isFinite)).toBe(true);
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('a loss that is no number ends the run with a problem', async () => {
    const before = memory().numTensors;
    const broken = toyWeights(config);
    const model = createBertClassifier(
      readBertWeights(config, {
        ...broken,
        tensor: (name) => {
          const { shape, data: values } = broken.tensor(name);
          return { shape, data: name.endsWith('pooler.dense.weight') ? values.map(() => NaN) : values };
        },
      }),
      { classCount: 2, keepClassifier: true, seed: 1 },
    );
    const run = train({ model, data, settings });
    await expect(run).rejects.toThrow(Problem);
    await expect(run).rejects.toThrow(/^Training step 1: expected a loss that is a number, found NaN .* lower learning rate/);
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

describeBackends('what cannot be trained', () => {
  test.each<[string, Partial<TrainingArguments>]>([
    ['learning_rate', { learning_rate: NaN }],
    ['learning_rate', { learning_rate: 1 }],
    ['num_train_epochs', { num_train_epochs: 0 }],
    ['per_device_train_batch_size', { per_device_train_batch_size: 1.5 }],
    ['warmup_ratio', { warmup_ratio: 1.1 }],
  ])('the setting %s of %j', async (key, change) => {
    const model = newModel();
    await expect(train({ model, data, settings: { ...settings, ...change } })).rejects.toMatchObject({ where: `Setting ${key}` });
    model.dispose();
  });

  test('ids and rows that the model has no place for, and no rows', async () => {
    const model = newModel();
    const run = (rows: Partial<typeof data.train>) =>
      train({ model, data: { ...data, train: { ...data.train, ...rows } }, settings });
    const ids = data.train.ids.slice();
    ids[4] = 53;
    await expect(run({ ids })).rejects.toMatchObject({ found: 'the id 53' });
    const tooLong = { offsets: Uint32Array.of(0, 21), labels: Int32Array.of(0) };
    await expect(run(tooLong)).rejects.toMatchObject({ expected: '1 to 20 tokens', found: '21 tokens' });
    await expect(run({ offsets: Uint32Array.of(0), labels: new Int32Array(0) })).rejects.toMatchObject({ found: 'none' });
    model.dispose();
  });
});
