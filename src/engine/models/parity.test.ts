/** Every family, and every variant that has a reference, against PyTorch and transformers: logits, loss, every gradient, and twenty steps of the real Trainer. */
import { add, mul, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { basename, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inputTensors } from '../backend/programs.ts';
import type { BackendName } from '../backend/types.ts';
import { unitGradient } from '../ops/cross-entropy/cross-entropy.ts';
import { expectAllClose } from '../testing/all-close.ts';
import { describeBackends } from '../testing/node/backends.ts';
import {
  openReference,
  REFERENCE_ROOTS,
  referenceBatch,
  referenceFor,
  referenceNames,
  type Reference,
} from '../testing/node/reference.ts';
import type { FixtureFile } from '../testing/node/safetensors.ts';
import { TOLERANCES } from '../testing/tolerances.ts';
import { lossAndGradients } from '../train/gradients.ts';
import { createAdamW } from '../train/optimizer.ts';
import { linearSchedule } from '../train/schedule.ts';
import { targetInput } from '../train/target-input.ts';
import { disposeBatch, makeBatch, type BatchTensors, type Classifier } from './classifier.ts';
import { parseConfig } from './config.ts';
import { createClassifier } from './create-classifier.ts';
import { FAMILIES, parameterSpecs } from './families.ts';
import type { ParameterSpec } from './parameters.ts';
import { readWeights } from './weights.ts';

function loadBatch(model: Classifier, file: FixtureFile, prefix: string, index: number): { batch: BatchTensors; labels: Tensor } {
  const { packed, labels } = referenceBatch(file, prefix, index);
  const B = packed.offsets.length - 1;
  const targets =
    labels.length === B ? ({ kind: 'single', labels } as const) : ({ kind: 'multi', labels: Uint8Array.from(labels) } as const);
  const rows = Uint32Array.from({ length: B }, (_, row) => row);
  return { batch: makeBatch(packed, model), ...inputTensors({ labels: targetInput(targets, rows, model.classCount) }) };
}

function loadModel(reference: Reference): { model: Classifier; specs: readonly ParameterSpec[] } {
  const config = parseConfig(reference.config);
  const weights = readWeights(config, reference.weights);
  expect(weights.remarks).toEqual([]);
  const classCount = weights.classes!.length;
  return {
    model: createClassifier(weights, { classCount, keepClassifier: true, seed: 1 }),
    specs: parameterSpecs(config, classCount),
  };
}

function paritySuite(open: () => Reference, backend: BackendName): void {
  const hasRun = open().record.run !== null;

  test('logits, loss and every gradient', async () => {
    const reference = open();
    const { results } = reference;
    const { model, specs } = loadModel(reference);
    const { batch, labels } = loadBatch(model, results, '', 0);
    const unit = unitGradient();
    const logits = model.logits(batch, null);
    expectAllClose('logits', await logits.data(), results.tensor('logits').data, TOLERANCES.logits);
    const { loss, gradients } = lossAndGradients(model, batch, labels, null, unit);
    expectAllClose('loss', await loss.data(), results.tensor('loss').data, TOLERANCES.logits);
    for (const [i, spec] of specs.entries()) {
      const expected = referenceFor(results, 'grad.', spec);
      expectAllClose(`gradient of ${spec.name}`, await gradients[i]!.data(), expected, TOLERANCES.gradients);
    }
    for (const each of [logits, loss, unit, labels, ...gradients]) each.dispose();
    disposeBatch(batch);
    model.dispose();
  });

  test.skipIf(backend !== 'webgpu')(
    'kept in 16 bits (fp16): the loss as before, every gradient as near as 16 bits let it be',
    async () => {
      const reference = open();
      const { results } = reference;
      const { model, specs } = loadModel(reference);
      const { batch, labels } = loadBatch(model, results, '', 0);
      const unit = unitGradient();
      const { loss, gradients } = lossAndGradients(model, batch, labels, null, unit, { halves: true });
      expectAllClose('loss', await loss.data(), results.tensor('loss').data, TOLERANCES.logits);
      for (const [i, spec] of specs.entries()) {
        const expected = referenceFor(results, 'grad.', spec);
        expectAllClose(`gradient of ${spec.name}`, await gradients[i]!.data(), expected, TOLERANCES.halfGradients);
      }
      for (const each of [loss, unit, labels, ...gradients]) each.dispose();
      disposeBatch(batch);
      model.dispose();
    },
  );

  test.skipIf(!hasRun)('twenty steps of Trainer: losses, learning rates, gradient norms, final weights', async () => {
    const reference = open();
    const { results } = reference;
    const run = reference.record.run!;
    const { model, specs } = loadModel(reference);
    const decayed = specs.filter(({ decay }) => decay).flatMap(({ stored }) => stored);
    expect([...decayed].sort()).toEqual([...run.decay].sort());
    const optimizer = createAdamW(model.parameters, { weightDecay: run.weight_decay, maxGradNorm: run.max_grad_norm });
    const schedule = linearSchedule(run.warmup_steps, run.steps);
    const unit = unitGradient();
    const [losses, rates, norms]: [number[], number[], number[]] = [[], [], []];
    const count = run.gradient_accumulation_steps;
    for (let step = 0; step < run.steps; step++) {
      const micro = Array.from({ length: count }, (_, i) => {
        const { batch, labels } = loadBatch(model, results, 'run.', step * count + i);
        const result = lossAndGradients(model, batch, labels, null, unit);
        disposeBatch(batch);
        labels.dispose();
        return result;
      });
      const mean = (parts: Tensor[]): Tensor =>
        tidy(() =>
          mul(
            parts.reduce((sum, part) => add(sum, part)),
            1 / count,
          ),
        );
      const loss = mean(micro.map((each) => each.loss));
      const gradients = model.parameters.map((_, i) => mean(micro.map((each) => each.gradients[i]!)));
      rates.push(run.learning_rate * schedule(step));
      const norm = optimizer.step(gradients, rates[step]!);
      losses.push((await loss.data())[0]!);
      norms.push((await norm.data())[0]!);
      const parts = micro.flatMap((each) => [each.loss, ...each.gradients]);
      for (const each of [norm, loss, ...gradients, ...parts]) each.dispose();
    }
    expectAllClose('learning rates', rates, run.learning_rate_logged, { relative: 1e-12, scale: 0, floor: 0 });
    expectAllClose('losses', losses, run.loss, TOLERANCES.losses);
    expectAllClose('gradient norms', norms, run.grad_norm, TOLERANCES.weights);
    // A key bias shifts all scores of a query alike, so its gradient is 0 but for rounding, which Adam's m/√v turns into steps of
    // the size of the learning rate, in PyTorch as here: it may be anywhere within the sum of those steps. Not so where relative
    // positions meet the keys.
    const steps = rates.reduce((sum, rate) => sum + rate, 0);
    const isKeyBiasFree = !specs.some(({ name }) => name.includes('rel_embeddings'));
    for (const [i, spec] of specs.entries()) {
      const actual = Float32Array.from(await model.parameters[i]!.tensor.data());
      const expected = referenceFor(results, 'final.', spec);
      if (isKeyBiasFree && spec.name.endsWith('self.qkv.bias')) {
        const H = expected.length / 3;
        const keys = [actual, expected].map((values) => values.slice(H, 2 * H));
        expectAllClose(`final key part of ${spec.name}`, keys[0]!, keys[1]!, { relative: 0, scale: 0, floor: 2 * steps });
        expected.copyWithin(H, 0, H);
        actual.copyWithin(H, 0, H);
      }
      expectAllClose(`final ${spec.name}`, actual, expected, TOLERANCES.weights);
    }
    unit.dispose();
    optimizer.dispose();
    model.dispose();
  });
}

for (const root of REFERENCE_ROOTS) {
  const place = `${basename(dirname(root))}/${basename(root)}`;
  const variants = referenceNames(root).filter((name) => !Object.keys(FAMILIES).includes(name));
  for (const family of [...Object.keys(FAMILIES), ...variants]) {
    const open = openReference(root, family);
    if (open)
      describe(`PyTorch's ${family} of ${place}`, () => describeBackends('parity', (backend) => paritySuite(open, backend)));
    else describe.skip(`PyTorch's ${family} (skipped: there is none in ${place})`, () => test('parity', () => undefined));
  }
}

test('there is something to compare with', () => {
  const present = Object.keys(FAMILIES).filter((family) => REFERENCE_ROOTS.some((root) => openReference(root, family)));
  expect(present).toEqual(Object.keys(FAMILIES));
});
