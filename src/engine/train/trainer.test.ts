import { memory, mul, tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { Problem } from '../../lib/problem.ts';
import { packBatch } from '../../text/packing.ts';
import { disposeBatch, makeBatch, type Classifier } from '../models/classifier.ts';
import { createClassifier } from '../models/create-classifier.ts';
import { readWeights } from '../models/weights.ts';
import { unitGradient } from '../ops/cross-entropy/cross-entropy.ts';
import { describeBackends } from '../testing/node/backends.ts';
import { toyConfig, toyRows, toyWeights } from '../testing/toy-model.ts';
import type { Evaluation, StepPoint, TrainingArguments } from './arguments.ts';
import { evaluate, predict } from './evaluate.ts';
import { lossAndGradients } from './gradients.ts';
import { createAdamW } from './optimizer.ts';
import { createRunControl } from './run-control.ts';
import { replaceValues } from './replace-values.ts';
import { train, type TrainHooks } from './trainer.ts';

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
const weights = readWeights(config, toyWeights(config));
const newModel = (): Classifier => createClassifier(weights, { classCount: 2, keepClassifier: false, seed: 1 });

function recorder(): {
  hooks: TrainHooks;
  points: StepPoint[];
  evaluations: Evaluation[];
  fractions: number[];
  compiled: number[];
} {
  const [points, evaluations]: [StepPoint[], Evaluation[]] = [[], []];
  const [fractions, compiled]: [number[], number[]] = [[], []];
  const hooks: TrainHooks = {
    onSteps: (more) => points.push(...more),
    onEvaluation: (evaluation) => evaluations.push(evaluation),
    onProgress: ({ phase, fraction }) => (phase === 'compile' ? compiled : fractions).push(fraction),
  };
  return { hooks, points, evaluations, fractions, compiled };
}

/** Other values for the last weights of the model, its head's: what a step that went wrong leaves. */
function overwrite(model: Classifier, value: (index: number, size: number) => number): void {
  const { tensor: weight } = model.parameters.findLast(({ tensor: { shape } }) => shape.length === 2)!;
  replaceValues(
    weight,
    Float32Array.from({ length: weight.size }, (_, i) => value(i, weight.size)),
  );
}

describeBackends('training', (backend) => {
  test('a toy BERT learns which word decides, and every event comes', async () => {
    const before = memory().numTensors;
    const model = newModel();
    const { hooks, points, evaluations, fractions, compiled } = recorder();
    const result = await train({ model, data, settings, hooks });
    expect(compiled.slice(0, 1)).toEqual(backend === 'webgpu' ? [0] : []);
    expect(result).toMatchObject({ outcome: 'finished', steps: 39, weightsStep: 39, endedEarly: false });
    expect(result.evaluation).toEqual(evaluations[5]);
    for (const { macroF1, metrics } of evaluations) {
      const { low, high } = metrics!.macroF1Interval!;
      expect([low, macroF1, high].toSorted((a, b) => a - b)).toEqual([low, macroF1, high]);
    }
    expect(points.map(({ step }) => step)).toEqual(Array.from({ length: 39 }, (_, i) => i + 1));
    expect(points[0]!.learningRate).toBe(0);
    expect(points.every(({ gradNorm }) => gradNorm > 0)).toBe(true);
    expect(points[38]!).toMatchObject({ epoch: 3, rows: 300, tokens: 3 * data.train.ids.length });
    expect(points.map(({ seconds }) => seconds)).toEqual(points.map(({ seconds }) => seconds).toSorted((a, b) => a - b));
    expect(points[38]!.seconds).toBeLessThan(result.seconds);
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
    const batch = makeBatch(packBatch(data.train, [3, 1, 4], 64), model);
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

  test('pausing and evaluating in between change no bit of what is learnt, and paused time does not count', async () => {
    const run = async (startsPaused: boolean) => {
      const model = newModel();
      const control = createRunControl();
      if (startsPaused) control.pause();
      const { hooks, points, evaluations } = recorder();
      const paused: boolean[] = [];
      const onPaused = (now: boolean): void => {
        paused.push(now);
        if (now) setTimeout(() => control.evaluate(), 20);
        if (now) setTimeout(() => control.resume(), 300);
      };
      const from = performance.now();
      const request = { model, data, settings: { ...settings, num_train_epochs: 1 }, control };
      const { seconds } = await train({ ...request, hooks: { ...hooks, onPaused } });
      const waited = (performance.now() - from) / 1000 - seconds;
      model.dispose();
      return { losses: points.map(({ loss }) => loss), evaluated: evaluations.map(({ step }) => step), paused, waited };
    };
    const plain = await run(false);
    expect(plain).toMatchObject({ evaluated: [7, 13], paused: [] });
    const disturbed = await run(true);
    expect(disturbed).toMatchObject({ losses: plain.losses, evaluated: [0, 7, 13], paused: [true, false] });
    expect(disturbed.waited).toBeGreaterThan(0.02);
    expect(plain.waited).toBeLessThan(0.02);
  });

  test('stopping ends a pause', async () => {
    const model = newModel();
    const control = createRunControl();
    const controller = new AbortController();
    control.pause();
    const hooks: TrainHooks = { onPaused: (paused) => paused && setTimeout(() => controller.abort(), 10) };
    const result = await train({ model, data, settings, hooks, control, signal: controller.signal });
    expect(result).toMatchObject({ outcome: 'stopped', steps: 0, evaluation: null });
    model.dispose();
  });

  test('when the loss is lost, the weights of the best evaluation come back, and the words say what to change', async () => {
    const before = memory().numTensors;
    const model = newModel();
    const { hooks, evaluations } = recorder();
    const onEvaluation = (evaluation: Evaluation): void => {
      evaluations.push(evaluation);
      if (evaluations.length === 2) overwrite(model, () => NaN);
    };
    const result = await train({ model, data, settings, hooks: { ...hooks, onEvaluation } });
    const best = evaluations.reduce((a, b) => (b.macroF1 > a.macroF1 ? b : a));
    expect(result).toMatchObject({ outcome: 'failed', weightsStep: best.step, endedEarly: false });
    expect(result.problem?.expected).toBe('a loss that is a number');
    expect(result.problem?.fix).toMatch(new RegExp(`weights of step ${best.step} again.*lower learning rate, for example 0.001`));
    expect((await evaluate(model, data.validation)).loss).toBe(best.loss);
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('a loss that runs away ends the run before it is no number', async () => {
    const model = newModel();
    const { hooks, points } = recorder();
    let once = true;
    const onSteps = (more: readonly StepPoint[]): void => {
      points.push(...more);
      if (points.length > 12 && once) overwrite(model, (i, size) => (i < size / 2 ? 300 : -300));
      once = points.length <= 12;
    };
    const wild = { learning_rate: 1e-5, max_grad_norm: 0, warmup_ratio: 0, num_train_epochs: 8, eval_strategy: 'no' } as const;
    const run = train({ model, data, settings: { ...settings, ...wild }, hooks: { ...hooks, onSteps } });
    await expect(run).rejects.toMatchObject({
      expected: 'a loss that falls',
      fix: expect.stringMatching(/max_grad_norm 1 and a warm-up.*no weights to go back to/) as string,
    });
    expect(points.length).toBeLessThan(13 * 8);
    model.dispose();
  });

  test('early stopping ends the run, and the best weights are put back', async () => {
    const before = memory().numTensors;
    const model = newModel();
    const { hooks, points, evaluations } = recorder();
    const changes = { learning_rate: 0.05, early_stopping_patience: 2, load_best_model_at_end: true } as const;
    const measure = { metric_for_best_model: 'loss', num_train_epochs: 30, evaluations_per_epoch: 4 } as const;
    const result = await train({ model, data, settings: { ...settings, ...changes, ...measure }, hooks });
    const losses = evaluations.map(({ loss }) => loss);
    const best = evaluations[losses.indexOf(Math.min(...losses))]!;
    expect(losses.at(-1)).toBeGreaterThan(best.loss);
    expect(evaluations.at(-3)).toBe(best);
    expect(result).toMatchObject({ outcome: 'finished', endedEarly: true, steps: points.length, weightsStep: best.step });
    expect(result.steps).toBeLessThan(13 * 30);
    expect(result.evaluation).toMatchObject({ step: best.step, loss: best.loss });
    const { step: _step, epoch: _epoch, ...measured } = best;
    expect(await evaluate(model, data.validation)).toEqual({
      ...measured,
      metrics: { ...measured.metrics, macroF1Interval: null },
    });
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('a run of max_steps with accumulation, a cosine and class weights', async () => {
    const model = newModel();
    const { hooks, points, evaluations } = recorder();
    const changes = { max_steps: 9, gradient_accumulation_steps: 3, lr_scheduler_type: 'cosine', warmup_steps: 2 } as const;
    const evaluated = {
      eval_strategy: 'steps',
      eval_steps: 4,
      class_weights: 'balanced',
      per_device_eval_batch_size: 7,
    } as const;
    const result = await train({ model, data, settings: { ...settings, ...changes, ...evaluated }, hooks });
    expect(result).toMatchObject({ outcome: 'finished', steps: 9, weightsStep: 9 });
    expect(points.map(({ epoch }) => epoch)).toEqual([0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8]);
    expect(evaluations.map(({ step }) => step)).toEqual([4, 8, 9]);
    const factors = points.map(({ learningRate }) => learningRate / settings.learning_rate);
    expect([factors[0], factors[1], factors[2]]).toEqual([0, 0.5, 1]);
    expect(factors[8]).toBeCloseTo(0.5 * (1 + Math.cos((Math.PI * 6) / 7)), 12);
    model.dispose();
  });

  test('a loss that is no number ends the run with a problem', async () => {
    const before = memory().numTensors;
    const broken = toyWeights(config);
    const model = createClassifier(
      readWeights(config, {
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

  test('an evaluation that gives no number ends the run too', async () => {
    const model = newModel();
    const broken: Classifier = {
      ...model,
      logits: (batch, rng) => (rng ? model.logits(batch, rng) : mul(model.logits(batch, null), NaN)),
    };
    await expect(train({ model: broken, data, settings })).rejects.toThrow(/^Training step 7: expected a loss that is a number/);
    model.dispose();
  });

  test('a run that is stopped has its best weights too, if they are asked for', async () => {
    const model = newModel();
    const controller = new AbortController();
    const { hooks, evaluations, points } = recorder();
    const onSteps = (more: readonly StepPoint[]): void => {
      points.push(...more);
      if (points.length > 15) controller.abort();
    };
    const changes = { load_best_model_at_end: true, evaluations_per_epoch: 13 };
    const request = { model, data, settings: { ...settings, ...changes }, signal: controller.signal };
    const result = await train({ ...request, hooks: { ...hooks, onSteps } });
    const best = evaluations.reduce((a, b) => (b.macroF1 > a.macroF1 ? b : a));
    expect(result).toMatchObject({ outcome: 'stopped', weightsStep: best.step, endedEarly: false });
    expect(result.evaluation).toMatchObject({ step: best.step });
    expect((await evaluate(model, data.validation)).loss).toBe(best.loss);
    model.dispose();
  });
});

describeBackends('what cannot be trained', () => {
  test.each<[string, Partial<TrainingArguments>]>([
    ['learning_rate', { learning_rate: NaN }],
    ['class_weights', { class_weights: [1, 2, 3] }],
    ['eval_strategy', { eval_strategy: 'no', load_best_model_at_end: true }],
  ])('the setting %s of %j', async (key, change) => {
    const model = newModel();
    const before = memory().numTensors;
    await expect(train({ model, data, settings: { ...settings, ...change } })).rejects.toMatchObject({ where: `Setting ${key}` });
    expect(memory().numTensors).toBe(before);
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
