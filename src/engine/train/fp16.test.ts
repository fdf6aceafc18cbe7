/** Training that keeps in 16 bits: what stays the same, how far the rest is off, what it saves, and where it is refused. */
import { engine, keep, memory, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { GpuBackend } from '../backend/webgpu/gpu-backend.ts';
import type { Classifier } from '../models/classifier.ts';
import { createClassifier } from '../models/create-classifier.ts';
import { readWeights } from '../models/weights.ts';
import { unitGradient } from '../ops/cross-entropy/cross-entropy.ts';
import { expectAllClose } from '../testing/all-close.ts';
import { start as startCpu } from '../testing/node/cpu.ts';
import { missingDriver } from '../testing/node/webgpu-driver.ts';
import { TOLERANCES } from '../testing/tolerances.ts';
import { TOY_FAMILIES, toyConfig, toyRows, toyWeights } from '../testing/toy-model.ts';
import { completeArguments } from './arguments.ts';
import { lossAndGradients } from './gradients.ts';
import { batchInputs, batchOfInputs } from './row-batches.ts';
import { createTrainingStep } from './training-step.ts';
import { inputTensors } from '../backend/programs.ts';

const PATIENCE = 300_000;
const rows = toyRows(1, 120);
const firstRows = Uint32Array.from({ length: 9 }, (_, row) => row);

function modelOf(config = toyConfig({ hidden_dropout_prob: 0.2 })): Classifier {
  const weights = readWeights(config, toyWeights(config));
  return createClassifier(weights, { classCount: 2, keepClassifier: false, seed: 1 });
}

describe('where it is not', () => {
  test('on the CPU it is refused in words, and nothing is left', async () => {
    await startCpu();
    const model = modelOf();
    const before = memory().numTensors;
    expect(() => createTrainingStep(model, rows, completeArguments({ fp16: true }))).toThrow(
      /Setting fp16: expected false on the CPU.*Switch fp16 off, or choose WebGPU/,
    );
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });
});

const lack = missingDriver();
describe.skipIf(lack !== null)(`fp16${lack === null ? '' : ` (skipped: ${lack})`}`, { timeout: PATIENCE }, () => {
  let backend: GpuBackend;
  beforeAll(async () => {
    const { nodeGpu, startedWebgpu } = await import('../testing/node/webgpu.ts');
    nodeGpu(['enable-dawn-features=disable_workgroup_init']);
    ({ backend } = await startedWebgpu());
  }, PATIENCE);

  /** Loss and gradients of one batch without dropout, and what is left in memory behind it. */
  async function gradientsOf(model: Classifier, halves: boolean) {
    const inputs = inputTensors({ ...batchInputs(model, rows, firstRows) });
    const labels = keep(
      tensor(
        Int32Array.from(firstRows, (row) => row % 2),
        [9],
        'int32',
      ),
    );
    const unit = unitGradient();
    const before = engine().memory().numTensors;
    const { loss, gradients } = lossAndGradients(model, batchOfInputs(inputs), labels, null, unit, { halves });
    const values = await Promise.all([loss, ...gradients].map(async (each) => Float32Array.from(await each.data())));
    for (const each of [loss, ...gradients]) each.dispose();
    expect(engine().memory().numTensors).toBe(before);
    for (const each of [...Object.values(inputs), labels, unit]) each.dispose();
    return values;
  }

  test.each(TOY_FAMILIES.map((config) => [config.model_type, config] as const))(
    '%s: the loss is the same to the last bit, every gradient near that of 32 bits, and another',
    async (_, config) => {
      const model = modelOf(config);
      const [loss, ...gradients] = await gradientsOf(model, false);
      const [halfLoss, ...halfGradients] = await gradientsOf(model, true);
      expect(halfLoss).toEqual(loss);
      for (const [i, { name }] of model.parameters.entries()) {
        expectAllClose(name, halfGradients[i]!, gradients[i]!, TOLERANCES.halfGradients);
      }
      expect(halfGradients).not.toEqual(gradients);
      model.dispose();
    },
  );

  test('twenty steps, run each time and replayed, give the same bits, and learn as 32 bits do', async () => {
    const trained = async (records: boolean, fp16: boolean) => {
      backend.recordsPrograms = records;
      const model = modelOf(toyConfig({ hidden_dropout_prob: 0.2, num_hidden_layers: 1 }));
      const step = createTrainingStep(model, rows, completeArguments({ fp16, adam_epsilon: 1e-6 }));
      const losses: number[] = [];
      for (let i = 0; i < 20; i++) {
        const sizes = [[14], [9, 5], [3]][i % 3]!;
        const batches = sizes.map((size, j) => Uint32Array.from({ length: size }, (_, row) => (i * 17 + j * 31 + row * 7) % 120));
        const taken = await step.take(batches, 1e-2 * (1 - i / 20));
        losses.push((await taken.read()).loss);
        taken.dispose();
      }
      const values = await Promise.all(model.parameters.map(async ({ tensor: each }) => Float32Array.from(await each.data())));
      step.dispose();
      model.dispose();
      backend.recordsPrograms = true;
      return { losses, values };
    };
    const eager = await trained(false, true);
    const replayed = await trained(true, true);
    expect(replayed).toEqual(eager);
    const { losses } = await trained(true, false);
    expectAllClose('losses', eager.losses, losses, { relative: 0.02, scale: 0, floor: 1e-3 });
  });
});
