/** Recorded training on WebGPU against the same training run each time: bit for bit, with bounded memory, and errors for what cannot be replayed. */
import { add, engine, keep, sqrt, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { dispatch, output } from '../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../backend/webgpu/gpu-backend.ts';
import { RecordedPrograms } from '../backend/webgpu/recorded-programs.ts';
import type { Classifier } from '../models/classifier.ts';
import { createClassifier } from '../models/create-classifier.ts';
import { readWeights } from '../models/weights.ts';
import { accumulateShader } from '../ops/elementwise.wgsl.ts';
import { missingDriver } from '../testing/node/webgpu-driver.ts';
import { toyConfig, toyRows, toyWeights } from '../testing/toy-model.ts';
import { completeArguments } from './arguments.ts';
import { replaceValues } from './replace-values.ts';
import { createTrainingStep } from './training-step.ts';

const PATIENCE = 300_000;
const config = toyConfig({ hidden_dropout_prob: 0.2, num_hidden_layers: 1 });
const weights = readWeights(config, toyWeights(config));
const rows = toyRows(1, 120);
const args = completeArguments({ class_weights: [0.5, 2], max_grad_norm: 0.5, adam_epsilon: 1e-6 });

/** Twenty steps' rows: one to three micro-batches of different sizes, so that token counts and row counts change. */
const STEPS = Array.from({ length: 20 }, (_, step) => {
  const sizes = [[14], [9, 5], [3], [14], [6, 6, 2]][step % 5]!;
  return sizes.map((size, i) => Uint32Array.from({ length: size }, (_, row) => (step * 17 + i * 31 + row * 7) % 120));
});

const lack = missingDriver();
describe.skipIf(lack !== null)(`replay${lack === null ? '' : ` (skipped: ${lack})`}`, { timeout: PATIENCE }, () => {
  let backend: GpuBackend;
  beforeAll(async () => {
    ({ backend } = await (await import('../testing/node/webgpu.ts')).startedWebgpu());
  }, PATIENCE);

  const newModel = (): Classifier => createClassifier(weights, { classCount: 2, keepClassifier: false, seed: 1 });
  const valuesOf = async (model: Classifier) =>
    Promise.all(model.parameters.map(async ({ tensor: each }) => Float32Array.from(await each.data())));

  /** Losses, norms and weights; `between` is called before each step. */
  async function trained(records: boolean, between: (step: number, model: Classifier) => void = () => undefined) {
    backend.recordsPrograms = records;
    const model = newModel();
    const programs = backend.createPrograms();
    const trainingStep = createTrainingStep(model, rows, args, programs);
    const seen: { readonly loss: number; readonly gradNorm: number }[] = [];
    for (const [step, microBatches] of STEPS.entries()) {
      between(step, model);
      const taken = await trainingStep.take(microBatches, 1e-2 * (1 - step / 20));
      seen.push(await taken.read());
      taken.dispose();
    }
    const values = await valuesOf(model);
    const recorded = programs instanceof RecordedPrograms ? programs.recorded : 0;
    trainingStep.dispose();
    model.dispose();
    backend.recordsPrograms = true;
    return { seen, values, recorded };
  }

  test('twenty steps with dropout, accumulation, clipping and a changing learning rate give the same bits', async () => {
    const kernelsOfTfjs = vi.spyOn(backend, 'runWebGPUProgram');
    const eager = await trained(false);
    // Sums and moments are filled with zeros once, by tfjs's kernel without inputs.
    expect(kernelsOfTfjs.mock.calls.filter(([program]) => program.variableNames.length > 0)).toEqual([]);
    kernelsOfTfjs.mockRestore();
    const before = backend.memory();
    const replayed = await trained(true);
    expect(replayed.seen).toEqual(eager.seen);
    expect(replayed.values).toEqual(eager.values);
    expect(eager.seen.every(({ loss, gradNorm }) => loss > 0 && gradNorm > 0)).toBe(true);
    expect(eager.seen.some(({ gradNorm }) => gradNorm > args.max_grad_norm)).toBe(true);
    // Of 32 micro-batches and 20 updates.
    expect(replayed.recorded).toBeLessThanOrEqual(12);
    expect(backend.memory().numBytesInGPU).toBe(before.numBytesInGPU);
    expect(backend.memory().numBytesAllocatedInGPU).toBeLessThanOrEqual(before.numBytesAllocatedInGPU);
  });

  test('weights that are replaced void what was recorded with them', async () => {
    const replace = (step: number, { parameters }: Classifier): void => {
      if (step !== 9) return;
      const { tensor: first } = parameters[0]!;
      replaceValues(
        first,
        Float32Array.from({ length: first.size }, (_, i) => Math.sin(i)),
      );
    };
    const [eager, replayed] = [await trained(false, replace), await trained(true, replace)];
    expect(replayed.seen).toEqual(eager.seen);
    expect(replayed.values).toEqual(eager.values);
  });

  test('tapes share memory and are bounded, whatever comes', async () => {
    const start = backend.memory();
    const programs = new RecordedPrograms(backend);
    const double = programs.define<'x'>(({ x }) => {
      const y = add(x, x);
      const z = add(y, x);
      y.dispose();
      return [z];
    });
    const lengths = Array.from({ length: 300 }, (_, i) => 64 * (1 + ((i * i * 7 + i) % 97)));
    for (const length of lengths) {
      const [z] = await double.run({ x: new Float32Array(length).fill(length) });
      expect((await z!.data())[length - 1]).toBe(3 * length);
      z!.dispose();
      expect(programs.tapes.length).toBeLessThanOrEqual(64);
      expect(programs.bytes).toBeLessThan(64 * 2 ** 20 + 1.1 * 2 * 4 * 64 * 97);
    }
    double.dispose();
    expect([programs.tapes.length, programs.bytes]).toEqual([0, 0]);
    expect(backend.memory().numBytesInGPU).toBe(start.numBytesInGPU);
  });

  test('what is written to an input does not overtake commands that wait', async () => {
    const programs = new RecordedPrograms(backend);
    const held = keep(tensor([1, 2, 3, 4]));
    const addTo = programs.define<'x'>(({ x }) => {
      dispatch(backend, accumulateShader, { vec4: true }, { sum: held, value: x }, 1);
      const copy = add(held, x);
      return [copy];
    });
    const run = async (value: number): Promise<Tensor> => (await addTo.run({ x: new Float32Array(4).fill(value) }))[0]!;
    const first = await run(10);
    const second = await run(100);
    dispatch(backend, accumulateShader, { vec4: true }, { sum: held, value: second }, 1);
    const third = await run(1000);
    expect([...(await first.data())]).toEqual([21, 22, 23, 24]);
    expect([...(await second.data())]).toEqual([211, 212, 213, 214]);
    expect([...(await held.data())]).toEqual([1322, 1324, 1326, 1328]);
    expect([...(await third.data())]).toEqual([2322, 2324, 2326, 2328]);
    addTo.dispose();
    for (const each of [first, second, third, held]) each.dispose();
  });

  test.each<[string, (x: Tensor) => readonly Tensor[], string]>([
    ['reads', (x) => (x.dataSync(), []), 'a recorded step read the values of a tensor'],
    ['runs a kernel that is not ours', (x) => [sqrt(x)], "a recorded step ran one of tfjs's own kernels"],
    ['disposes what it did not make', (x) => (x.dispose(), []), 'a recorded step disposed a tensor that it did not make'],
    [
      'returns what nothing has written',
      () => [engine().makeTensorFromTensorInfo(output(backend, [3]))],
      'is read before it is written',
    ],
  ])('a step that %s is an error, and the backend goes on', async (_, step, message) => {
    const programs = new RecordedPrograms(backend);
    const program = programs.define<'x'>(({ x }) => step(x));
    await expect(program.run({ x: Float32Array.of(1, 2) })).rejects.toThrow(message);
    expect(backend.recording).toBeNull();
    const [x, y] = [tensor([1, 2]), tensor([3, 4])];
    const sum = add(x, y);
    expect([...(await sum.data())]).toEqual([4, 6]);
    for (const each of [x, y, sum]) each.dispose();
  });
});
