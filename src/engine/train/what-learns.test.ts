/** The trainer where only a part of the model learns. */
import { memory } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { Classifier } from '../models/classifier.ts';
import { createClassifier } from '../models/create-classifier.ts';
import type { Learning } from '../models/learning.ts';
import { readWeights } from '../models/weights.ts';
import { describeBackends } from '../testing/node/backends.ts';
import { toyConfig, toyRows, toyWeights } from '../testing/toy-model.ts';
import { completeArguments, type Evaluation, type StepPoint, type TrainingArguments } from './arguments.ts';
import { evaluate } from './evaluate.ts';
import { train } from './trainer.ts';
import { learningOf } from './what-learns.ts';

const settings: TrainingArguments = {
  num_train_epochs: 2,
  learning_rate: 2e-2,
  per_device_train_batch_size: 8,
  weight_decay: 0.01,
  warmup_ratio: 0.1,
  max_grad_norm: 1,
  seed: 5,
  max_length: 20,
  evaluations_per_epoch: 2,
};
const data = { train: toyRows(1, 60), validation: toyRows(2, 20) };
const config = toyConfig();
const source = toyWeights(config);
const weights = readWeights(config, source);

function newModel(learning: Learning): Classifier {
  return createClassifier(weights, { classCount: 2, keepClassifier: true, seed: 1, learning });
}

async function run(model: Classifier, changes: Partial<TrainingArguments> = {}) {
  const [points, evaluations]: [StepPoint[], Evaluation[]] = [[], []];
  const hooks = {
    onSteps: (more: readonly StepPoint[]) => points.push(...more),
    onEvaluation: (each: Evaluation) => evaluations.push(each),
  };
  const result = await train({ model, data, settings: { ...settings, ...changes }, hooks });
  return { result, evaluations, losses: points.map(({ loss }) => loss) };
}

/** Names of the checkpoint's tensors that training changed. */
async function changed(model: Classifier): Promise<string[]> {
  const exported = await model.exportTensors();
  return exported.filter(({ name, data }) => `${[...data]}` !== `${[...source.tensor(name).data]}`).map(({ name }) => name);
}

test('the arguments say what learns', () => {
  expect(learningOf(completeArguments({}))).toEqual({ kind: 'all' });
  expect(learningOf(completeArguments({ train_layers: 'last', train_last_layers: 2 }))).toEqual({ kind: 'last', layers: 2 });
  expect(learningOf(completeArguments({ train_layers: 'lora', lora_r: 4, lora_dropout: 0.1 }))).toEqual({
    kind: 'lora',
    r: 4,
    alpha: 16,
    dropout: 0.1,
    targets: 'auto',
  });
});

describeBackends('training a part', () => {
  test.each<[Learning, RegExp]>([
    [{ kind: 'last', layers: 1 }, /^(bert\.encoder\.layer\.1\.|bert\.pooler\.|classifier\.)/],
    [{ kind: 'head' }, /^(bert\.pooler\.|classifier\.)/],
    [{ kind: 'lora', r: 4, alpha: 8, dropout: 0.1, targets: 'auto' }, /^(classifier\.|.*self\.(query|value)\.weight$)/],
  ])('%j: that part and no other changes', async (learning, part) => {
    const before = memory().numTensors;
    const model = newModel(learning);
    const { result, losses } = await run(model);
    expect(result).toMatchObject({ outcome: 'finished', steps: 16 });
    expect(losses.every(Number.isFinite)).toBe(true);
    const names = await changed(model);
    expect(names.length).toBeGreaterThan(2);
    expect(names.filter((name) => !part.test(name))).toEqual([]);
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('the head alone: each text goes through the encoder once, and what is measured is the whole model', async () => {
    const model = newModel({ kind: 'head' });
    let encoded = 0;
    const counting: Classifier = {
      ...model,
      encode: (batch) => {
        encoded += batch.starts.size;
        return model.encode(batch);
      },
    };
    const { result } = await run(counting);
    expect(encoded).toBe(80);
    const whole = await evaluate(model, data.validation);
    expect(whole.loss).toBeCloseTo(result.evaluation!.loss, 5);
    expect(whole.confusion).toEqual(result.evaluation!.confusion);
    model.dispose();
  });

  test('stopped while the texts go through the encoder, it ends without a step', async () => {
    const model = newModel({ kind: 'head' });
    const stop = new AbortController();
    const stopping: Classifier = {
      ...model,
      encode: (batch) => {
        stop.abort();
        return model.encode(batch);
      },
    };
    const result = await train({ model: stopping, data, settings, signal: stop.signal });
    expect(result).toMatchObject({ outcome: 'stopped', steps: 0, evaluation: null });
    model.dispose();
  });

  test('the best weights of LoRA are put back', async () => {
    const model = newModel({ kind: 'lora', r: 4, alpha: 8, dropout: 0, targets: 'all-linear' });
    const { result, evaluations } = await run(model, {
      load_best_model_at_end: true,
      metric_for_best_model: 'loss',
      learning_rate: 0.2,
      lr_scheduler_type: 'constant',
    });
    const best = evaluations.reduce((a, b) => (b.loss < a.loss ? b : a));
    expect(result.weightsStep).toBe(best.step);
    expect((await evaluate(model, data.validation)).loss).toBeCloseTo(best.loss, 5);
    model.dispose();
  });
});
