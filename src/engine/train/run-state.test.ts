import { memory } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { Classifier } from '../models/classifier.ts';
import { createClassifier } from '../models/create-classifier.ts';
import { readWeights } from '../models/weights.ts';
import { describeBackends } from '../testing/node/backends.ts';
import { toyConfig, toyRows, toyWeights } from '../testing/toy-model.ts';
import { completeArguments, type Evaluation, type StepPoint, type TrainingArguments } from './arguments.ts';
import { holdState, type RunState } from './run-state.ts';
import { train, type TrainOutcome } from './trainer.ts';
import { learningOf } from './what-learns.ts';

const base: TrainingArguments = {
  num_train_epochs: 2,
  learning_rate: 5e-3,
  per_device_train_batch_size: 4,
  gradient_accumulation_steps: 2,
  weight_decay: 0.01,
  warmup_ratio: 0.3,
  max_grad_norm: 1,
  seed: 5,
  max_length: 20,
  evaluations_per_epoch: 2,
  load_best_model_at_end: true,
  save_strategy: 'steps',
  save_steps: 1,
};
/** 42 rows in steps of 8: the last step of an epoch has one micro-batch of 2. */
const data = { train: toyRows(1, 42), validation: toyRows(2, 17) };
const config = toyConfig();
const weights = readWeights(config, toyWeights(config));

interface Told {
  readonly points: Omit<StepPoint, 'seconds'>[];
  readonly evaluations: Evaluation[];
  readonly states: RunState[];
  readonly outcome: TrainOutcome;
  readonly weights: readonly (readonly number[])[];
}

/** Another seed for the model that goes on: nothing of it may show in what comes out. */
async function run(
  settings: TrainingArguments,
  request: { from?: RunState; saves?: boolean; stopAt?: number; modelSeed?: number; halvings?: number } = {},
): Promise<Told> {
  const learning = learningOf(completeArguments(settings));
  const { from, saves = false, stopAt, modelSeed = 1, halvings } = request;
  const model: Classifier = createClassifier(weights, { classCount: 2, keepClassifier: false, seed: modelSeed, learning });
  const told = { points: [] as Omit<StepPoint, 'seconds'>[], evaluations: [] as Evaluation[], states: [] as RunState[] };
  const stop = new AbortController();
  try {
    const outcome = await train({
      model,
      data,
      settings,
      signal: stop.signal,
      ...(from && { from }),
      ...(halvings !== undefined && { halvings }),
      hooks: {
        onSteps: (points) => told.points.push(...points.map(({ seconds: _seconds, ...point }) => point)),
        onEvaluation: (evaluation) => told.evaluations.push(evaluation),
        ...(saves && {
          onSave: async (state: RunState) => {
            told.states.push(await holdState(state));
            if (state.facts.step === stopAt) stop.abort();
          },
        }),
      },
    });
    const exported = await Promise.all(model.parameters.map(async ({ tensor }) => [...(await tensor.data())]));
    return { ...told, outcome, weights: exported };
  } finally {
    model.dispose();
  }
}

const stateAt = (told: Told, step: number): RunState => told.states.find(({ facts }) => facts.step === step)!;

function expectSameEnd(gone: Told, whole: Told, step: number): void {
  expect(gone.points).toEqual(whole.points.filter((point) => point.step > step));
  expect(gone.evaluations).toEqual(whole.evaluations.filter((evaluation) => evaluation.step > step));
  expect(gone.weights).toEqual(whole.weights);
  const { seconds: _a, ...outcome } = gone.outcome;
  const { seconds: _b, ...expected } = whole.outcome;
  expect(outcome).toEqual(expected);
}

describeBackends('a run that goes on', (backend) => {
  /** A software GPU takes seconds for a step: there the first test alone, and short. */
  const slow = backend === 'webgpu';
  const settings = slow ? { ...base, max_steps: 4 } : base;

  test('from any step gives the losses, evaluations and weights of the run that was never stopped, bit for bit', async () => {
    const whole = await run(settings);
    const saving = await run(settings, { saves: true });
    expectSameEnd(saving, whole, 0);
    expect(saving.states.map(({ facts }) => facts.step)).toEqual(whole.points.map(({ step }) => step));
    for (const step of slow ? [2] : [1, 5, 6, 9]) {
      const before = memory().numTensors;
      const facts: unknown = JSON.parse(JSON.stringify(stateAt(saving, step).facts));
      expect(facts).toEqual(stateAt(saving, step).facts);
      const gone = await run(settings, { from: { ...stateAt(saving, step), facts: facts as RunState['facts'] }, modelSeed: 9 });
      expectSameEnd(gone, whole, step);
      expect(memory().numTensors).toBe(before);
    }
    // One that was at its end already has the same end.
    expectSameEnd(await run(settings, { from: saving.states.at(-1), modelSeed: 9 }), whole, Infinity);
  });

  test.skipIf(backend !== 'simd')('so does one that is stopped, and goes on twice', async () => {
    const whole = await run(settings);
    const first = await run(settings, { saves: true, stopAt: 2 });
    expect(first.outcome).toMatchObject({ outcome: 'stopped', steps: 2 });
    const second = await run(settings, { from: first.states.at(-1), saves: true, stopAt: 7, modelSeed: 9 });
    expect(second.outcome.steps).toBe(7);
    expectSameEnd(await run(settings, { from: second.states.at(-1), modelSeed: 8 }), whole, 7);
  });

  test.skipIf(backend !== 'simd')('halved batches are the same rows in the same steps', async () => {
    const whole = await run({ ...settings, max_steps: 3 }, { saves: true });
    const halved = await run({ ...settings, max_steps: 3 }, { from: stateAt(whole, 1), halvings: 2, saves: true });
    expect(halved.states.at(-1).facts).toMatchObject({ step: 3, halvings: 2 });
    const [, second, third] = whole.points;
    expect(halved.points.map(({ rows, tokens, learningRate }) => [rows, tokens, learningRate])).toEqual(
      [second!, third!].map(({ rows, tokens, learningRate }) => [rows, tokens, learningRate]),
    );
    // Other draws of dropout, so other losses, but not far ones.
    expect(Math.abs(halved.points[0]!.loss - second!.loss)).toBeLessThan(0.3);
  });

  test.skipIf(backend !== 'simd').each<[string, Partial<TrainingArguments>]>([
    ['LoRA', { train_layers: 'lora', lora_dropout: 0.1 }],
    ['the last layer', { train_layers: 'last', train_last_layers: 1 }],
    ['the head', { train_layers: 'head' }],
    ['early stopping', { early_stopping_patience: 2, early_stopping_threshold: 0.9, num_train_epochs: 4 }],
    [
      'a cosine without accumulation, and a part of an epoch',
      { gradient_accumulation_steps: 1, lr_scheduler_type: 'cosine', num_train_epochs: 1.4 },
    ],
  ])('%s', async (_what, change) => {
    const changed = { ...settings, ...change };
    const whole = await run(changed, { saves: true });
    for (const step of [3, 7]) expectSameEnd(await run(changed, { from: stateAt(whole, step), modelSeed: 9 }), whole, step);
  });

  test.skipIf(backend !== 'simd')('what is of another model is refused in words', async () => {
    const { states } = await run({ ...settings, max_steps: 1 }, { saves: true });
    const [, ...others] = states[0]!.tensors;
    const from = { ...states[0]!, tensors: others };
    await expect(run(settings, { from })).rejects.toThrow(/Checkpoint: expected model\..* of the shape .*found no such tensor/);
  });
});
