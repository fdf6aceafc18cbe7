/**
 * That a training step runs our kernels and no others, whatever the family and the arguments: each is recorded on the device that computes
 * nothing, where a kernel of tfjs's own is an error (gpu-backend.ts), and what was compiled has no atomics, which would add floats in any order.
 */
import { engine, getKernelsForBackend, sqrt } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Targets } from '../../lib/targets.ts';
import { createPrograms } from '../backend/programs.ts';
import { installBackend } from '../backend/webgpu/start.ts';
import { createCountingDevice } from '../backend/webgpu/testing/counting-device.ts';
import { createClassifier } from '../models/create-classifier.ts';
import type { ModelConfig } from '../models/family.ts';
import { readWeights } from '../models/weights.ts';
import { TOY_FAMILIES, toyConfig, toyRows, toyWeights } from '../testing/toy-model.ts';
import { completeArguments, type ArgumentName } from './arguments.ts';
import { createTrainingStep } from './training-step.ts';
import { learningOf } from './what-learns.ts';

type Given = { readonly [Name in ArgumentName]?: unknown };

const DEBERTA = TOY_FAMILIES.find(({ model_type }) => model_type === 'deberta-v2')!;
const CASES: readonly (readonly [string, ModelConfig, Given, Targets['kind']])[] = [
  ...TOY_FAMILIES.map((config) => [config.model_type, config, {}, 'single'] as const),
  ['dropout everywhere', toyConfig({ hidden_dropout_prob: 0.1, attention_probs_dropout_prob: 0.1 }), {}, 'single'],
  ['class weights and smoothing', toyConfig(), { class_weights: 'balanced', label_smoothing_factor: 0.1 }, 'single'],
  ['several labels a text', toyConfig(), { class_weights: 'balanced' }, 'multi'],
  ['micro-batches', toyConfig(), { gradient_accumulation_steps: 3 }, 'single'],
  ['the last layer', toyConfig(), { train_layers: 'last' }, 'single'],
  ['LoRA', DEBERTA, { train_layers: 'lora', lora_target_modules: 'all-linear', lora_dropout: 0.1 }, 'single'],
  ['checkpointing', DEBERTA, { gradient_checkpointing: true }, 'single'],
  ['16 bits', DEBERTA, { fp16: true }, 'single'],
  ['16 bits and checkpointing', toyConfig(), { fp16: true, gradient_checkpointing: true }, 'single'],
];

describe('a recorded step', () => {
  const sources: string[] = [];
  beforeAll(async () => {
    const { device, info } = createCountingDevice();
    const create = device.createShaderModule.bind(device);
    device.createShaderModule = (descriptor) => {
      sources.push(descriptor.code);
      return create(descriptor);
    };
    await installBackend(device, info);
  });

  test.each(CASES)('%s: only our kernels', async (_, config, given, kind) => {
    const args = completeArguments(given);
    const model = createClassifier(readWeights(config, toyWeights(config)), {
      classCount: 2,
      keepClassifier: false,
      seed: 1,
      learning: learningOf(args),
    });
    const rows = toyRows(1, 12);
    const targets: Targets =
      kind === 'single' ? rows.targets : { kind, labels: Uint8Array.from({ length: 24 }, (_, i) => i % 2) };
    const step = createTrainingStep(model, { ...rows, targets }, args);
    const perBatch = 12 / args.gradient_accumulation_steps;
    const batches = Array.from({ length: args.gradient_accumulation_steps }, (_, i) =>
      Uint32Array.from({ length: perBatch }, (_, row) => i * perBatch + row),
    );
    const taken = await step.take(batches, 1e-3);
    expect(taken.rows).toBe(12);
    taken.dispose();
    step.dispose();
    model.dispose();
  });

  test('would not pass with one of tfjs’s', async () => {
    const program = createPrograms().define<'x'>(({ x }) => [sqrt(x)]);
    await expect(program.run({ x: Float32Array.of(1, 4) })).rejects.toThrow("one of tfjs's own kernels");
  });

  test('compiled no atomics', () => {
    expect(sources.length).toBeGreaterThan(40);
    expect(sources.filter((code) => code.includes('atomic'))).toEqual([]);
  });
});

test('every kernel of ours is there on all three backends, under the same name', async () => {
  await (await import('../testing/node/cpu.ts')).start();
  await (await import('../testing/node/simd.ts')).start();
  const names = (backend: string): readonly string[] =>
    getKernelsForBackend(backend)
      .map(({ kernelName }) => kernelName)
      .filter((name) => name.startsWith('tabtune.'))
      .sort();
  expect(names('webgpu').length).toBeGreaterThan(20);
  expect(names('simd')).toEqual(names('webgpu'));
  expect(names('cpu')).toEqual(names('webgpu'));
  expect(engine().backendNames()).toContain('simd');
});
