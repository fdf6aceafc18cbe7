/** The blocks that GPUs get, which the shared tests of attention do not reach on a software adapter (see GpuBackend.lean). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import { checkOp, runOp, type OpCase } from '../../testing/check-op.ts';
import { normals, offsetsOf, rngOf } from '../../testing/inputs.ts';
import { start as startCpu } from '../../testing/node/cpu.ts';
import { missingDriver } from '../../testing/node/webgpu-driver.ts';
import { attention } from './attention.ts';

function attentionCase(
  lengths: readonly number[],
  H: number,
  heads: number,
  rate: number,
  extra: number,
): OpCase<'qkv', 'offsets' | 'rng'> {
  const T = lengths.reduce((sum, length) => sum + length, extra);
  return {
    inputs: { qkv: { shape: [T, 3 * H], values: normals(5, T * 3 * H) } },
    constants: {
      offsets: { shape: [lengths.length + 1], values: offsetsOf(lengths) },
      rng: { shape: [3], values: rngOf(1234, -5, 7) },
    },
    run: ({ qkv }, { offsets, rng }) => attention(qkv, offsets, rng, heads, { rate, stream: 3 }),
  };
}

/** A software adapter needs seconds to compile each of these. */
const SLOW = 240_000;

const lack = missingDriver();
describe.skipIf(lack !== null)(`attention in full blocks${lack === null ? '' : ` (skipped: ${lack})`}`, () => {
  let backend: GpuBackend;
  let wasLean = false;
  beforeAll(async () => {
    await startCpu();
    ({ backend } = await (await import('../../testing/node/webgpu.ts')).startedWebgpu());
    wasLean = backend.lean;
    backend.lean = false;
  });
  afterAll(() => {
    backend.lean = wasLean;
  });

  test('heads of 64, with dropout and tokens of no row', { timeout: SLOW }, async () => {
    const opCase = attentionCase([33, 1, 16, 65], 128, 2, 0.1, 13);
    await checkOp('webgpu', opCase);
    const [first, second] = [await runOp('webgpu', opCase), await runOp('webgpu', opCase)];
    expect(second).toEqual(first);
  });
});
