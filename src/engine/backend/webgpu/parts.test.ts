/** Tensors larger than a kernel may see: cut where a kernel says how, with the bits of the whole; else refused in words. */
import { describe, expect, test } from 'vitest';
import { createClassifier } from '../../models/create-classifier.ts';
import { readWeights } from '../../models/weights.ts';
import { missingDriver } from '../../testing/node/webgpu-driver.ts';
import { toyConfig, toyRows, toyWeights } from '../../testing/toy-model.ts';
import { completeArguments } from '../../train/arguments.ts';
import { createTrainingStep } from '../../train/training-step.ts';
import type { GpuBackend } from './gpu-backend.ts';
import { partsOf } from './parts.ts';
import type { Resource } from './recording.ts';
import { shader } from './shader.ts';

const buffer = {} as unknown as GPUBuffer;
const resource = (bytes: number): Resource => ({ of: buffer, offset: 0, bytes, writes: false });

describe('parts', () => {
  const rows = shader({
    label: 'rows',
    bindings: { x: 'read array<f32>', y: 'write array<f32>', table: 'read array<f32>' },
    code: '',
    cut: { rows: { x: 3, y: 1 }, rowsPerWorkgroup: 96 },
  });

  test('what fits is left whole', () => {
    const whole = [resource(12_000), resource(4000), resource(8)];
    expect(partsOf(rows, whole, 12_000)).toEqual([{ resources: whole, firstRow: 0, rows: null }]);
  });

  test('runs of rows that begin on alignments and with a workgroup, all of them once', () => {
    const parts = partsOf(rows, [resource(12_000), resource(4000), resource(8)], 3000);
    expect(parts.map((part) => [part.firstRow, part.rows])).toEqual([
      [0, 192],
      [192, 192],
      [384, 192],
      [576, 192],
      [768, 192],
      [960, 40],
    ]);
    for (const { resources, firstRow, rows: count } of parts) {
      expect(resources.map(({ offset, bytes }) => [offset, bytes])).toEqual([
        [12 * firstRow, 12 * count!],
        [4 * firstRow, 4 * count!],
        [0, 8],
      ]);
      expect(resources[0]!.offset % 256).toBe(0);
      expect(resources[0]!.bytes).toBeLessThanOrEqual(3000);
    }
  });

  test('what may not be cut, or not so small, is refused in words', () => {
    const refusal =
      /^GPU memory \(rows, table\): expected tensors of at most 1 MiB.* found one of 2 MiB.*gradient_accumulation_steps/;
    expect(() => partsOf(rows, [resource(12), resource(4), resource(2 ** 21)], 2 ** 20)).toThrow(refusal);
    expect(() => partsOf(rows, [resource(12_000), resource(4000), resource(8)], 500)).toThrow('GPU memory (rows, x)');
    const uncut = shader({ label: 'uncut', bindings: { x: 'read array<f32>' }, code: '' });
    expect(() => partsOf(uncut, [resource(2 ** 21)], 2 ** 20)).toThrow('GPU memory (uncut, x)');
  });
});

const lack = missingDriver();
describe.skipIf(lack !== null)(`a small binding limit${lack === null ? '' : ` (skipped: ${lack})`}`, { timeout: 300_000 }, () => {
  const config = toyConfig({ vocab_size: 1000, hidden_dropout_prob: 0.1, num_hidden_layers: 1 });
  const weights = readWeights(config, toyWeights(config));
  const rows = toyRows(1, 12);
  const args = completeArguments({ max_grad_norm: 0.5 });

  /** Losses, norms and weights of a step of one micro-batch and one of two. */
  async function trained(backend: GpuBackend, records: boolean) {
    backend.recordsPrograms = records;
    const model = createClassifier(weights, { classCount: 2, keepClassifier: true, seed: 1 });
    const step = createTrainingStep(model, rows, args);
    const seen: unknown[] = [];
    for (const microBatches of [
      [[0, 1, 2, 3]],
      [
        [4, 5],
        [6, 7],
        [8, 9],
      ],
      [[10, 11, 2, 5]],
    ]) {
      const taken = await step.take(
        microBatches.map((batch) => Uint32Array.from(batch)),
        1e-2,
      );
      seen.push(await taken.read());
      taken.dispose();
    }
    for (const { tensor } of model.parameters) seen.push(Float32Array.from(await tensor.data()));
    step.dispose();
    model.dispose();
    backend.recordsPrograms = true;
    return seen;
  }

  test('a table of words four times as large as a binding trains with the same bits, eager and recorded', async () => {
    const { backend } = await (await import('../../testing/node/webgpu.ts')).startedWebgpu();
    const { bindingLimit, pieceBytes } = backend;
    backend.pieceBytes = 20_480;
    try {
      const whole = await trained(backend, true);
      // The table has 96,000 bytes; all else fits.
      backend.bindingLimit = 24_576;
      const bound: number[] = [];
      const { device } = backend;
      const createBindGroup = device.createBindGroup.bind(device);
      device.createBindGroup = (descriptor) => {
        for (const { resource: each } of descriptor.entries) if ('buffer' in each) bound.push(each.size ?? each.buffer.size);
        return createBindGroup(descriptor);
      };
      expect(await trained(backend, true)).toEqual(whole);
      expect(await trained(backend, false)).toEqual(whole);
      expect(Math.max(...bound)).toBeLessThanOrEqual(24_576);
      device.createBindGroup = createBindGroup;
      backend.bindingLimit = 3000;
      await expect(trained(backend, true)).rejects.toThrow(/^GPU memory \(.*\): expected tensors of at most 1 MiB/);
    } finally {
      Object.assign(backend, { bindingLimit, pieceBytes, recordsPrograms: true });
    }
  });
});
