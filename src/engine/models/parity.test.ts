/** The whole BERT against PyTorch and transformers: logits, loss, every gradient, and twenty steps of the real Trainer. */
import { add, mul, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { unitGradient } from '../ops/cross-entropy/cross-entropy.ts';
import { expectAllClose } from '../testing/all-close.ts';
import { describeBackends } from '../testing/node/backends.ts';
import { readFixture, type FixtureFile } from '../testing/node/safetensors.ts';
import { TOLERANCES } from '../testing/tolerances.ts';
import { lossAndGradients } from '../train/gradients.ts';
import { createAdamW } from '../train/optimizer.ts';
import { linearSchedule } from '../train/schedule.ts';
import { createBertClassifier } from './bert.ts';
import { bertParameters, type ParameterSpec } from './bert-parameters.ts';
import { disposeBatch, makeBatch, type BatchTensors, type Classifier } from './classifier.ts';
import { parseConfig } from './config.ts';
import { readBertWeights } from './weights.ts';

const FOLDER = new URL('../../../../shared/reference/toy/bert/', import.meta.url);
const path = (name: string): string => new URL(name, FOLDER).pathname;
const present = existsSync(FOLDER);

interface RunRecord {
  readonly run: {
    readonly steps: number;
    readonly learning_rate: number;
    readonly warmup_steps: number;
    readonly weight_decay: number;
    readonly max_grad_norm: number;
    readonly decay: readonly string[];
    readonly loss: readonly number[];
    readonly learning_rate_logged: readonly number[];
    readonly grad_norm: readonly number[];
  };
}

/** One padded batch of the file, packed: batch `index` of [count, B, S] tensors, or the only one of [B, S]. */
function loadBatch(file: FixtureFile, prefix: string, index: number): { batch: BatchTensors; labels: Tensor } {
  const { shape, data: allIds } = file.integers(`${prefix}input_ids`);
  const [B, S] = [shape.at(-2)!, shape.at(-1)!];
  const part = (name: string, width: number) =>
    file.integers(prefix + name).data.subarray(index * B * width, (index + 1) * B * width);
  const [mask, typeIds, labels] = [part('attention_mask', S), part('token_type_ids', S), part('labels', 1)];
  const real = [...mask.keys()].filter((i) => mask[i] === 1);
  const offsets = new Int32Array(B + 1);
  for (const i of real) offsets[Math.floor(i / S) + 1]! += 1;
  for (let row = 0; row < B; row++) offsets[row + 1]! += offsets[row]!;
  const batch = makeBatch({
    ids: Int32Array.from(real, (i) => allIds[index * B * S + i]!),
    positions: Int32Array.from(real, (i) => i % S),
    types: Int32Array.from(real, (i) => typeIds[i]!),
    offsets,
    tokenCount: real.length,
  });
  return { batch, labels: tensor(labels.slice(), [B], 'int32') };
}

/** What the reference has for a parameter: its tensors joined. */
function expectedFor(file: FixtureFile, prefix: string, { stored }: ParameterSpec): Float32Array {
  const pieces = stored.map((name) => file.tensor(prefix + name).data);
  return Float32Array.from(pieces.flatMap((piece) => [...piece]));
}

function loadModel(): { model: Classifier; specs: readonly ParameterSpec[] } {
  const config = parseConfig(JSON.parse(readFileSync(path('config.json'), 'utf8')));
  const weights = readBertWeights(config, readFixture(path('model.safetensors')));
  expect(weights.remarks).toEqual([]);
  return {
    model: createBertClassifier(weights, { classCount: 3, keepClassifier: true, seed: 1 }),
    specs: bertParameters(config, 3),
  };
}

const skipped = present ? '' : ' (skipped: there is no ../shared/reference/toy/bert beside the repository)';
describe.skipIf(!present)(`PyTorch's numbers${skipped}`, () => {
  describeBackends('parity', () => {
    test('logits, loss and every gradient', async () => {
      const reference = readFixture(path('reference.safetensors'));
      const { model, specs } = loadModel();
      const { batch, labels } = loadBatch(reference, '', 0);
      const unit = unitGradient();
      const logits = model.logits(batch, null);
      expectAllClose('logits', await logits.data(), reference.tensor('logits').data, TOLERANCES.logits);
      const { loss, gradients } = lossAndGradients(model, batch, labels, null, unit);
      expectAllClose('loss', await loss.data(), reference.tensor('loss').data, TOLERANCES.logits);
      for (const [i, spec] of specs.entries()) {
        expectAllClose(
          `gradient of ${spec.name}`,
          await gradients[i]!.data(),
          expectedFor(reference, 'grad.', spec),
          TOLERANCES.gradients,
        );
      }
      for (const each of [logits, loss, unit, labels, ...gradients]) each.dispose();
      disposeBatch(batch);
      model.dispose();
    });

    test('twenty steps of Trainer: losses, learning rates, gradient norms, final weights', async () => {
      const reference = readFixture(path('reference.safetensors'));
      const { run } = JSON.parse(readFileSync(path('reference.json'), 'utf8')) as RunRecord;
      const { model, specs } = loadModel();
      const decayed = specs.filter(({ decay }) => decay).flatMap(({ stored }) => stored);
      expect([...decayed].sort()).toEqual([...run.decay].sort());
      const optimizer = createAdamW(model.parameters, { weightDecay: run.weight_decay, maxGradNorm: run.max_grad_norm });
      const schedule = linearSchedule(run.warmup_steps, run.steps);
      const unit = unitGradient();
      const [losses, rates, norms]: [number[], number[], number[]] = [[], [], []];
      for (let step = 0; step < run.steps; step++) {
        const micro = [0, 1].map((i) => {
          const { batch, labels } = loadBatch(reference, 'run.', 2 * step + i);
          const result = lossAndGradients(model, batch, labels, null, unit);
          disposeBatch(batch);
          labels.dispose();
          return result;
        });
        const [first, second] = [micro[0]!, micro[1]!];
        const means = first.gradients.map((gradient, i) => mul(add(gradient, second.gradients[i]!), 0.5));
        rates.push(run.learning_rate * schedule(step));
        const norm = optimizer.step(means, rates[step]!);
        losses.push(((await first.loss.data())[0]! + (await second.loss.data())[0]!) / 2);
        norms.push((await norm.data())[0]!);
        for (const each of [norm, first.loss, second.loss, ...means, ...first.gradients, ...second.gradients]) each.dispose();
      }
      expectAllClose('learning rates', rates, run.learning_rate_logged, { relative: 1e-12, scale: 0, floor: 0 });
      expectAllClose('losses', losses, run.loss, TOLERANCES.losses);
      expectAllClose('gradient norms', norms, run.grad_norm, TOLERANCES.weights);
      // A key bias shifts all scores of a query alike, so its gradient is 0 but for rounding, which Adam's m/√v turns into steps of
      // the size of the learning rate, in PyTorch as here: it may be anywhere within the sum of those steps.
      const steps = rates.reduce((sum, rate) => sum + rate, 0);
      const H = model.parameters.find(({ name }) => name === 'pooler.dense.bias')!.tensor.size;
      for (const [i, spec] of specs.entries()) {
        const actual = Float32Array.from(await model.parameters[i]!.tensor.data());
        const expected = expectedFor(reference, 'final.', spec);
        if (spec.name.endsWith('self.qkv.bias')) {
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
  });
});
