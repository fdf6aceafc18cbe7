/** The trainer's own step: accumulated micro-batches against Hugging Face's Trainer, and against the whole step at once. */
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { Classifier } from '../models/classifier.ts';
import { parseConfig } from '../models/config.ts';
import { createClassifier } from '../models/create-classifier.ts';
import { parameterSpecs } from '../models/families.ts';
import { readWeights } from '../models/weights.ts';
import { expectAllClose } from '../testing/all-close.ts';
import { describeBackends } from '../testing/node/backends.ts';
import { openReference, REFERENCE_ROOTS, referenceBatch, referenceFor, type Reference } from '../testing/node/reference.ts';
import { TOLERANCES, type Tolerance } from '../testing/tolerances.ts';
import { toyConfig, toyRows, toyWeights } from '../testing/toy-model.ts';
import { completeArguments, type LabelledRows, type TrainingArguments } from './arguments.ts';
import { evaluate } from './evaluate.ts';
import { countWarmupSteps, createSchedule } from './schedule.ts';
import { createTrainingStep } from './training-step.ts';

/** All rows of the reference's run in its order, and the rows of each micro-batch. */
function runRows({ results, record }: Reference): { rows: LabelledRows; batches: readonly Uint32Array[] } {
  const [ids, offsets, labels, batches]: [number[], number[], number[], Uint32Array[]] = [[], [0], [], []];
  for (let i = 0; i < record.run!.steps * record.run!.gradient_accumulation_steps; i++) {
    const batch = referenceBatch(results, 'run.', i);
    batches.push(Uint32Array.from(batch.labels, (_, row) => labels.length + row));
    offsets.push(...batch.packed.offsets.subarray(1).map((offset) => ids.length + offset));
    ids.push(...batch.packed.ids);
    labels.push(...batch.labels);
  }
  const targets = { kind: 'single' as const, labels: Int32Array.from(labels) };
  return { rows: { ids: Int32Array.from(ids), offsets: Uint32Array.from(offsets), targets }, batches };
}

/** A family without token types, which these rows do not carry. */
const FAMILY = 'distilbert';
const open = REFERENCE_ROOTS.map((root) => openReference(root, FAMILY)).find((each) => each !== null) ?? null;

describe.skipIf(!open)(`Hugging Face's Trainer${open ? '' : ` (skipped: no reference of ${FAMILY})`}`, () => {
  describeBackends('accumulation', () => {
    test('twenty steps of two micro-batches: losses, gradient norms, final weights', async () => {
      const reference = open!();
      const run = reference.record.run!;
      const config = parseConfig(reference.config);
      const weights = readWeights(config, reference.weights);
      const classCount = weights.classes!.length;
      const model = createClassifier(weights, { classCount, keepClassifier: true, seed: 1 });
      const { rows, batches } = runRows(reference);
      const args = completeArguments({
        learning_rate: run.learning_rate,
        gradient_accumulation_steps: run.gradient_accumulation_steps,
        weight_decay: run.weight_decay,
        max_grad_norm: run.max_grad_norm,
        warmup_steps: run.warmup_steps,
      });
      const schedule = createSchedule(args.lr_scheduler_type, countWarmupSteps(run.steps, args), run.steps);
      const trainingStep = createTrainingStep(model, rows, args);
      const [losses, norms, rates]: [number[], number[], number[]] = [[], [], []];
      for (let step = 0; step < run.steps; step++) {
        const from = step * run.gradient_accumulation_steps;
        rates.push(args.learning_rate * schedule(step));
        const taken = await trainingStep.take(batches.slice(from, from + run.gradient_accumulation_steps), rates[step]!);
        const { loss, gradNorm } = await taken.read();
        losses.push(loss);
        norms.push(gradNorm);
        taken.dispose();
      }
      expectAllClose('losses', losses, run.loss, TOLERANCES.losses);
      expectAllClose('gradient norms', norms, run.grad_norm, TOLERANCES.weights);
      const wandering = 2 * rates.reduce((sum, rate) => sum + rate, 0);
      for (const [i, spec] of parameterSpecs(config, classCount).entries()) {
        const actual = await model.parameters[i]!.tensor.data();
        const expected = referenceFor(reference.results, 'final.', spec);
        // A key bias has the gradient 0 but for rounding, which Adam's m/√v turns into whole steps, in PyTorch as here.
        const tolerance: Tolerance = spec.name.endsWith('qkv.bias')
          ? { relative: 0, scale: 0, floor: wandering }
          : TOLERANCES.weights;
        expectAllClose(`final ${spec.name}`, actual, expected, tolerance);
      }
      trainingStep.dispose();
      model.dispose();
    });
  });
});

describeBackends('a step', () => {
  const config = toyConfig({ hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 });
  const weights = readWeights(config, toyWeights(config));
  const newModel = (): Classifier => createClassifier(weights, { classCount: 2, keepClassifier: false, seed: 1 });
  const rows = toyRows(1, 40);
  /** Two steps over the first 24 rows, cut into micro-batches of these sizes. */
  const trained = async (sizes: readonly number[], changes: Partial<TrainingArguments>) => {
    const model = newModel();
    const trainingStep = createTrainingStep(model, rows, completeArguments({ adam_epsilon: 1e-2, ...changes }));
    const losses: number[] = [];
    let from = 0;
    const batches = sizes.map((size) => Uint32Array.from({ length: size }, () => from++));
    for (let step = 0; step < 2; step++) {
      const taken = await trainingStep.take(batches, 1e-2);
      expect(taken).toMatchObject({ rows: 24, tokens: rows.offsets[24] });
      losses.push((await taken.read()).loss);
      taken.dispose();
    }
    const values = await Promise.all(model.parameters.map(async ({ tensor }) => Float32Array.from(await tensor.data())));
    trainingStep.dispose();
    model.dispose();
    return { losses, values };
  };

  test.each<[string, Partial<TrainingArguments>]>([
    ['plain', {}],
    ['class weights and smoothing', { class_weights: [0.3, 2], label_smoothing_factor: 0.1 }],
  ])('is the same however its rows are divided: %s', async (_, changes) => {
    const whole = await trained([24], changes);
    const divided = await trained([11, 8, 4, 1], changes);
    expectAllClose('losses', divided.losses, whole.losses, TOLERANCES.logits);
    divided.values.forEach((values, i) => expectAllClose('parameter', values, whole.values[i]!, TOLERANCES.weights));
    const plain = await trained([24], {});
    if (Object.keys(changes).length > 0) expect(whole.losses).not.toEqual(plain.losses);
  });

  test('memory is flat over accumulated steps', async () => {
    const before = memory().numTensors;
    const model = newModel();
    const trainingStep = createTrainingStep(model, rows, completeArguments({ class_weights: 'balanced' }));
    const batches = [Uint32Array.of(3, 1, 4), Uint32Array.of(5, 9, 2), Uint32Array.of(6)];
    const counts = new Set<string>();
    for (let step = 0; step < 5; step++) {
      const taken = await trainingStep.take(batches, 1e-3);
      expect(Number.isFinite((await taken.read()).loss)).toBe(true);
      taken.dispose();
      const { numTensors, numDataBuffers, numBytes } = memory();
      counts.add(`${numTensors} tensors, ${numDataBuffers} buffers, ${numBytes} bytes`);
    }
    expect(counts.size).toBe(1);
    trainingStep.dispose();
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

describeBackends('dropout over micro-batches', () => {
  test('each micro-batch draws anew', async () => {
    const config = toyConfig({ hidden_dropout_prob: 0.5 });
    const weights = readWeights(config, toyWeights(config));
    const model = createClassifier(weights, { classCount: 2, keepClassifier: false, seed: 1 });
    const rows = toyRows(1, 4);
    const trainingStep = createTrainingStep(model, rows, completeArguments({}));
    const same = Uint32Array.of(0, 1, 2, 3);
    const lossOf = async (batches: readonly Uint32Array[]): Promise<number> => {
      const taken = await trainingStep.take(batches, 1e-30);
      const { loss } = await taken.read();
      taken.dispose();
      return loss;
    };
    const first = await lossOf([same]);
    const both = await lossOf([same, same]);
    const second = await lossOf([same]);
    expect(new Set([first, both, second]).size).toBe(3);
    trainingStep.dispose();
    model.dispose();
  });

  test('an evaluation between steps draws nothing: the same again, and what a model without dropout says', async () => {
    const rows = toyRows(1, 12);
    const make = (rate: number): Classifier =>
      createClassifier(
        readWeights(toyConfig({ hidden_dropout_prob: rate, attention_probs_dropout_prob: rate }), toyWeights(toyConfig())),
        { classCount: 2, keepClassifier: true, seed: 1 },
      );
    const [dropping, still] = [make(0.5), make(0)];
    const trainingStep = createTrainingStep(dropping, rows, completeArguments({ weight_decay: 0 }));
    const first = await evaluate(dropping, rows);
    const taken = await trainingStep.take([Uint32Array.of(0, 1, 2)], 0);
    expect((await taken.read()).loss).not.toBeCloseTo(first.loss, 4);
    taken.dispose();
    expect(await evaluate(dropping, rows)).toEqual(first);
    expect(await evaluate(still, rows)).toEqual(first);
    trainingStep.dispose();
    for (const model of [dropping, still]) model.dispose();
  });
});
