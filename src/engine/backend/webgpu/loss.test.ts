/** A device that goes away, or has no more memory, at any point of a recorded step: words, and nothing that hangs or is left half done. */
import { add, keep, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { countStep } from '../../testing/node/counted-step.ts';
import { missingDriver } from '../../testing/node/webgpu-driver.ts';
import type { GpuEvent } from './device.ts';
import { startWebgpu } from './start.ts';

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
});
