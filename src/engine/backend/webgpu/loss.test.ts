/** A device that goes away, or has no more memory, at any point of a recorded step: words, and nothing that hangs or is left half done. */
import { add, keep, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { createClassifier } from '../../models/create-classifier.ts';
import { readWeights } from '../../models/weights.ts';
import { countStep } from '../../testing/node/counted-step.ts';
import { missingDriver } from '../../testing/node/webgpu-driver.ts';
import { toyConfig, toyRows, toyWeights } from '../../testing/toy-model.ts';
import { completeArguments } from '../../train/arguments.ts';
import { evaluate, predict } from '../../train/evaluate.ts';
import { createTrainingStep } from '../../train/training-step.ts';
import type { GpuEvent } from './device.ts';
import { installBackend, startWebgpu } from './start.ts';
import { createCountingDevice } from './testing/counting-device.ts';

const LOST = /^GPU: expected the graphics device to stay, found it was lost/;

const lack = missingDriver();
describe.skipIf(lack !== null)(`a device that is lost${lack === null ? '' : ` (skipped: ${lack})`}`, () => {
  /** A fresh backend with a program; `lose` destroys its device as the browser would. */
  async function started() {
    const { nodeGpu } = await import('../../testing/node/webgpu.ts');
    const webgpu = await startWebgpu(nodeGpu());
    if (!webgpu) throw new Error('Dawn found no adapter');
    const { backend, listen } = webgpu;
    const told = new Promise<GpuEvent>((resolve) => listen(resolve));
    const program = backend.createPrograms().define<'x'>(({ x }) => [add(x, x)]);
    const run = async (): Promise<number> => {
      const [sum] = await program.run({ x: Float32Array.of(1, 2, 3) });
      return (await sum!.data())[2]!;
    };
    return { backend, told, program, run, lose: () => backend.device.destroy() };
  }

  test.each<[string, (parts: Awaited<ReturnType<typeof started>>) => Promise<unknown>]>([
    ['before anything ran', ({ lose, run }) => (lose(), run())],
    [
      'while shaders are compiled',
      ({ lose, run }) => {
        const running = run();
        lose();
        return running;
      },
    ],
    [
      'between two steps',
      async ({ lose, run }) => {
        expect(await run()).toBe(6);
        lose();
        return run();
      },
    ],
    [
      'while results are read',
      async ({ lose, program }) => {
        const [sum] = await program.run({ x: Float32Array.of(1, 2, 3) });
        const reading = sum!.data();
        lose();
        return reading;
      },
    ],
    [
      'while weights are uploaded',
      async ({ lose }) => {
        lose();
        const weights = keep(tensor(new Float32Array(1000)));
        return add(weights, weights).data();
      },
    ],
  ])('%s', async (_, work) => {
    const parts = await started();
    await expect(work(parts)).rejects.toThrow(LOST);
    expect(await parts.told).toMatchObject({ kind: 'lost', problem: { where: 'GPU' } });
  });

  /** A toy model on a fresh device. */
  async function withModel() {
    const parts = await started();
    const config = toyConfig({ num_hidden_layers: 1 });
    const model = createClassifier(readWeights(config, toyWeights(config)), { classCount: 2, keepClassifier: true, seed: 1 });
    const step = createTrainingStep(model, rows, completeArguments({}));
    // As after a step: what is only on the host outlives the device.
    for (const { tensor: weight } of model.parameters) parts.backend.bufferOf(weight);
    return { ...parts, model, step };
  }
  const rows = toyRows(1, 6);
  const batch = [Uint32Array.of(0, 1)];

  test.each<[string, (parts: Awaited<ReturnType<typeof withModel>>) => () => Promise<unknown>]>([
    [
      'getting ready',
      ({ step }) =>
        () =>
          step.prepare(batch, () => undefined),
    ],
    [
      'a training step',
      ({ step }) =>
        () =>
          step.take(batch, 1e-4),
    ],
    [
      'an evaluation',
      ({ model }) =>
        () =>
          evaluate(model, rows, { batchSize: 3 }),
    ],
    [
      'a prediction',
      ({ model }) =>
        () =>
          predict(model, rows),
    ],
    [
      'an export',
      ({ model }) =>
        () =>
          model.exportTensors(),
    ],
  ])('before and during %s of a model', async (_, phaseOf) => {
    const before = await withModel();
    before.lose();
    await expect(phaseOf(before)()).rejects.toThrow(LOST);
    const during = await withModel();
    const working = phaseOf(during)();
    during.lose();
    await expect(working).rejects.toThrow(LOST);
    expect(await during.told).toMatchObject({ kind: 'lost', problem: { where: 'GPU' } });
  });
});

describe('a device without memory', () => {
  const CONFIG = {
    model_type: 'bert',
    vocab_size: 100,
    hidden_size: 64,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    intermediate_size: 128,
  };

  test('a step that finds no room is a problem in words, and what it had taken is given back', async () => {
    const { peakBytes } = await countStep(CONFIG, 8, 128);
    const failed = countStep(CONFIG, 8, 128, { memory: 0.8 * peakBytes });
    await expect(failed).rejects.toThrow(
      /^GPU memory: expected room for a training step, \d+ MiB more than .* found less\. Choose a smaller batch/,
    );
  });

  test(
    'any allocation of a run may fail: a problem in words, no step half done, and the next try works',
    { timeout: 120_000 },
    async () => {
      const config = toyConfig({ num_hidden_layers: 1 });
      const weights = readWeights(config, toyWeights(config));
      const rows = toyRows(1, 6);
      const args = completeArguments({});
      /** A step, an evaluation and an export; `dispatches` after each of them. */
      const begin = async (failAt?: number) => {
        const { device, info, counts } = createCountingDevice(failAt === undefined ? {} : { failAt });
        const backend = await installBackend(device, info);
        const model = createClassifier(weights, { classCount: 2, keepClassifier: true, seed: 1 });
        const step = createTrainingStep(model, rows, args);
        const run = async (): Promise<number[]> => {
          const taken = await step.take([Uint32Array.of(0, 1, 2)], 1e-4);
          const dispatches = [counts.dispatches];
          await taken.read().finally(() => taken.dispose());
          await evaluate(model, rows, { batchSize: 3 });
          dispatches.push(counts.dispatches);
          await model.exportTensors();
          return dispatches;
        };
        const end = (): void => {
          step.dispose();
          model.dispose();
          backend.dispose();
        };
        return { counts, run, end };
      };

      const whole = await begin();
      const [ofStep = 0, ofAll = 0] = await whole.run();
      const { buffers } = whole.counts;
      whole.end();
      const ofPass = (ofAll - ofStep) / 2;
      expect(ofPass).toBeGreaterThan(0);
      expect(buffers).toBeGreaterThan(100);

      for (let failAt = 1; failAt <= buffers; failAt++) {
        const { counts, run, end } = await begin(failAt);
        await expect(run(), `allocation ${failAt}`).rejects.toThrow(/^GPU memory: expected room for .* Choose a smaller batch/);
        const done = counts.dispatches;
        expect([0, ofStep, ofStep + ofPass, ofAll], `dispatches at the failure of allocation ${failAt}`).toContain(done);
        const again = await run();
        expect(again[0]! - done, `dispatches of a step after the failure of allocation ${failAt}`).toBe(ofStep);
        end();
        expect(counts.bytes, `bytes left after the failure of allocation ${failAt}`).toBe(0);
      }
    },
  );
});
