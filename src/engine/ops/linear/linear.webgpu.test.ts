/** What the shared tests of linear do not reach on a software adapter: the tiles that GPUs get, and splits of the weight's gradient. */
import { tensor, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { dispatch, output, release } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import { expectAllClose } from '../../testing/all-close.ts';
import { checkOp, runOp, type OpCase } from '../../testing/check-op.ts';
import { normals } from '../../testing/inputs.ts';
import { start as startCpu } from '../../testing/node/cpu.ts';
import { missingDriver } from '../../testing/node/webgpu-driver.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import { linear, linearBackward, linearForward } from './linear.ts';
import { chooseSplits, chooseTile, TILES } from './linear.webgpu.ts';
import { linearInputGradShader, linearShader, linearWeightGradShader } from './linear.wgsl.ts';
import type { Tile } from './matmul.wgsl.ts';

describe('tiles and splits', () => {
  test('BERT-base at 32 x 128 gets large tiles where they leave enough workgroups', () => {
    expect(chooseTile(4096, 3072, false)).toBe(TILES.large);
    expect(chooseTile(4096, 768, false)).toBe(TILES.medium);
    expect(chooseTile(32, 768, false)).toBe(TILES.small);
  });

  test('splits fill the GPU but keep 128 tokens each', () => {
    expect(chooseSplits(768, 768, 4096, TILES.medium)).toBe(2);
    expect(chooseSplits(2, 768, 32, TILES.small)).toBe(1);
    expect(chooseSplits(24, 24, 300, TILES.small)).toBe(2);
  });
});

/** A software adapter needs seconds to compile each of these. */
const SLOW = 240_000;

const lack = missingDriver();
describe.skipIf(lack !== null)(`linear's shaders${lack === null ? '' : ` (skipped: ${lack})`}`, () => {
  let backend: GpuBackend;
  beforeAll(async () => {
    await startCpu();
    ({ backend } = await (await import('../../testing/node/webgpu.ts')).startedWebgpu());
  });

  const [T, K, N] = [130, 68, 133];
  const values = { x: normals(1, T * K), weight: normals(2, N * K), bias: normals(3, N), dz: normals(4, T * N) };
  const expected = () => linearBackward(values.dz, values.x, values.weight, undefined, { T, K, N }, 'none');
  const size = Uint32Array.of(N, K, 1, 0);
  const matrix = (name: keyof typeof values, ...shape: number[]) => tensor(Float32Array.from(values[name]), shape);
  const settings = (tile: Tile) => ({ tile, vec4N: false, vec4K: true });
  const grid = (M: number, columns: number, tile: Tile) => [Math.ceil(columns / tile.n), Math.ceil(M / tile.m), 1] as const;

  /** Runs on the tensors and disposes them; returns what was written. */
  async function run(inputs: readonly Tensor[], outputs: readonly TensorInfo[]): Promise<readonly Float32Array[]> {
    const written: Float32Array[] = [];
    for (const each of outputs) written.push((await backend.read(each.dataId)) as Float32Array);
    for (const each of inputs) each.dispose();
    release(backend, ...outputs);
    return written;
  }

  test('forward in large tiles', { timeout: SLOW }, async () => {
    const [x, weight, bias] = [matrix('x', T, K), matrix('weight', N, K), matrix('bias', N)];
    const y = output(backend, [T, N]);
    const bound = { size, x, weight, bias, y, z: undefined };
    dispatch(backend, linearShader, { ...settings(TILES.large), activation: 'none' }, bound, grid(T, N, TILES.large));
    const reference = linearForward(values.x, values.weight, values.bias, { T, K, N }, 'none').y;
    const [found] = await run([x, weight, bias], [y]);
    expectAllClose('y', found!, reference, TOLERANCES.kernel);
  });

  test('weight gradient in medium tiles', { timeout: SLOW }, async () => {
    const [dz, x] = [matrix('dz', T, N), matrix('x', T, K)];
    const [dweight, dbias] = [output(backend, [N, K]), output(backend, [N])];
    const bound = { size, dz, x, dweight, dbias };
    dispatch(backend, linearWeightGradShader, settings(TILES.medium), bound, grid(N, K, TILES.medium));
    const [foundWeight, foundBias] = await run([dz, x], [dweight, dbias]);
    expectAllClose('dweight', foundWeight!, expected().dweight, TOLERANCES.kernel);
    expectAllClose('dbias', foundBias!, expected().dbias, TOLERANCES.kernel);
  });

  test('input gradient in small tiles', { timeout: SLOW }, async () => {
    const [dz, weight] = [matrix('dz', T, N), matrix('weight', N, K)];
    const dx = output(backend, [T, K]);
    dispatch(backend, linearInputGradShader, settings(TILES.small), { size, dz, weight, dx }, grid(T, K, TILES.small));
    const [found] = await run([dz, weight], [dx]);
    expectAllClose('dx', found!, expected().dx, TOLERANCES.kernel);
  });

  test('a weight gradient in splits is right, and the same each time', async () => {
    const [T, K, N] = [300, 24, 20];
    const opCase: OpCase<'x' | 'weight' | 'bias', never> = {
      inputs: {
        x: { shape: [T, K], values: normals(1, T * K) },
        weight: { shape: [N, K], values: normals(2, N * K) },
        bias: { shape: [N], values: normals(3, N) },
      },
      constants: {},
      run: ({ x, weight, bias }) => linear(x, weight, bias),
    };
    expect(chooseSplits(N, K, T, chooseTile(N, K, backend.lean))).toBeGreaterThan(1);
    await checkOp('webgpu', opCase);
    const [first, second] = [await runOp('webgpu', opCase), await runOp('webgpu', opCase)];
    expect(second.gradients).toEqual(first.gradients);
  });
});
