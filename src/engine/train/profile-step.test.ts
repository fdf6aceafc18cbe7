/** Profiles of real steps: every dispatch is there once, and the kernels' times add up to what the step took. */
import { engine } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { KernelCall, KernelTime } from '../backend/kernel-times.ts';
import { profiling } from '../backend/profiling.ts';
import { SimdBackend } from '../backend/simd/backend.ts';
import { GpuBackend } from '../backend/webgpu/gpu-backend.ts';
import { installBackend } from '../backend/webgpu/start.ts';
import { createCountingDevice } from '../backend/webgpu/testing/counting-device.ts';
import type { Classifier } from '../models/classifier.ts';
import { createClassifier } from '../models/create-classifier.ts';
import { readWeights } from '../models/weights.ts';
import { describeBackends } from '../testing/node/backends.ts';
import { toyConfig, toyRows, toyWeights } from '../testing/toy-model.ts';
import { completeArguments } from './arguments.ts';
import { profileStep } from './profile-step.ts';
import { createTrainingStep } from './training-step.ts';

const args = completeArguments({ learning_rate: 1e-3 });
const sum = (times: readonly Pick<KernelCall | KernelTime, 'milliseconds'>[]): number =>
  times.reduce((total, { milliseconds }) => total + milliseconds!, 0);

function newModel(changes: Readonly<Record<string, unknown>> = {}): Classifier {
  const config = toyConfig(changes);
  return createClassifier(readWeights(config, toyWeights(config)), { classCount: 2, keepClassifier: false, seed: 1 });
}

describeBackends('a profile', (name) => {
  if (name === 'cpu') {
    test('is refused in words', async () => {
      const model = newModel();
      await expect(profileStep(model, toyRows(1, 4), args)).rejects.toThrow('the backend cpu cannot say where its time goes');
      model.dispose();
    });
    return;
  }

  test('has all of a step: its times are within the step and most of it', async () => {
    // Large enough that the kernels, and not JavaScript, take the time.
    const model = newModel(name === 'simd' ? { hidden_size: 192, num_attention_heads: 4, intermediate_size: 768 } : {});
    const rows = toyRows(1, name === 'simd' ? 48 : 12);
    const step = createTrainingStep(model, rows, args);
    const take = async (): Promise<void> => {
      const taken = await step.take([Uint32Array.from({ length: rows.offsets.length - 1 }, (_, row) => row)], 1e-3);
      await taken.read();
      taken.dispose();
    };
    await take();
    const from = performance.now();
    const calls = await profiling().profile(take);
    const wall = performance.now() - from;
    expect(sum(calls)).toBeLessThanOrEqual(wall);
    expect(sum(calls)).toBeGreaterThan(0.3 * wall);
    expect(calls.every(({ milliseconds }) => milliseconds! >= 0)).toBe(true);
    expect(calls.map(({ label }) => label).filter((label) => label.startsWith('adamw')).length).toBe(model.parameters.length);
    step.dispose();
    model.dispose();
  });

  test('counts every dispatch of a step, as the backend itself counts them', async () => {
    const model = newModel();
    const { backend } = engine();
    let dispatched = 0;
    if (backend instanceof SimdBackend) {
      const { jobs } = backend;
      const run = jobs.run.bind(jobs);
      jobs.run = (kernel, tiles, ...rest) => {
        run(kernel, tiles, ...rest);
        if (jobs.onJob && tiles > 0) dispatched++;
      };
    } else if (backend instanceof GpuBackend) {
      const create = backend.device.createCommandEncoder.bind(backend.device);
      backend.device.createCommandEncoder = (...words) => {
        const encoder = create(...words);
        const begin = encoder.beginComputePass.bind(encoder);
        encoder.beginComputePass = (descriptor) => {
          if (descriptor?.timestampWrites) dispatched++;
          return begin(descriptor);
        };
        return encoder;
      };
    }
    const { kernels, steps, rows, tokens, milliseconds, flops } = await profileStep(model, toyRows(2, 5), args, { mostSteps: 2 });
    expect(kernels.reduce((total, { calls }) => total + calls * steps, 0)).toBe(dispatched);
    expect(dispatched).toBeGreaterThan(20 * steps);
    expect(kernels.map((kernel) => kernel.milliseconds)).toEqual(
      kernels.map((kernel) => kernel.milliseconds).sort((a, b) => b! - a!),
    );
    expect({ rows, tokens }).toEqual({ rows: 5, tokens: toyRows(2, 5).ids.length });
    expect(milliseconds).toBeGreaterThan(0);
    // Linears say how much they compute: without rows that are left out in the last layer it would be the formula.
    const computed = kernels.reduce((total, kernel) => total + kernel.flops, 0);
    expect(computed / flops).toBeGreaterThan(0.5);
    expect(computed / flops).toBeLessThan(3);
    model.dispose();
  });

  test('has peaks of the device', async () => {
    const { gigaflops, gigabytes } = await profiling().measurePeaks();
    for (const peak of [gigaflops, gigabytes]) {
      expect(peak).toBeGreaterThan(0.01);
      expect(peak).toBeLessThan(1e6);
    }
  });
});

describe('a GPU without timestamps', () => {
  test('gives all dispatches without times', async () => {
    const { device, info, counts } = createCountingDevice();
    await installBackend(device, info);
    const model = newModel();
    const rows = toyRows(3, 5);
    const { kernels } = await profileStep(model, rows, args, { mostSteps: 1 });
    expect(kernels.every(({ milliseconds }) => milliseconds === null)).toBe(true);
    const step = createTrainingStep(model, rows, args);
    const indices = [Uint32Array.from({ length: 5 }, (_, row) => row)];
    (await step.take(indices, 1e-3)).dispose();
    const before = counts.dispatches;
    (await step.take(indices, 1e-3)).dispose();
    expect(kernels.reduce((total, { calls }) => total + calls, 0)).toBe(counts.dispatches - before);
    step.dispose();
    model.dispose();
  });
});
