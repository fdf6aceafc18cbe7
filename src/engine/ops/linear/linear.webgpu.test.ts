/** What the shared tests of linear do not reach on a software adapter: the tiles that GPUs get, and splits of the weight's gradient. */
import { tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { dispatch, output, release } from '../../backend/webgpu/dispatch.ts';
import type { ReplayBackend } from '../../backend/webgpu/replay-backend.ts';
import { expectAllClose } from '../../testing/all-close.ts';
import { checkOp, runOp } from '../../testing/check-op.ts';
import { normals } from '../../testing/inputs.ts';
import { start as startCpu } from '../../testing/node/cpu.ts';
import { missingDriver } from '../../testing/node/webgpu-driver.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import { linear, linearBackward, linearForward } from './linear.ts';
import { chooseSplits, chooseTile, TILES } from './linear.webgpu.ts';
import { linearInputGradShader, linearShader, linearWeightGradShader } from './linear.wgsl.ts';

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

const lack = missingDriver();
describe.skipIf(lack !== null)(`linear's shaders${lack === null ? '' : ` (skipped: ${lack})`}`, () => {
  let backend: ReplayBackend;
  beforeAll(async () => {
    await startCpu();
    ({ backend } = await (await import('../../testing/node/webgpu.ts')).startedWebgpu());
  });

  const read = async (info: TensorInfo): Promise<Float32Array> => (await backend.read(info.dataId)) as Float32Array;

  test.each(Object.entries(TILES))('tile %s, forward and backward, sizes that are no multiples', async (_name, tile) => {
    const [T, K, N] = [130, 68, 133];
    const x = Float32Array.from(normals(1, T * K));
    const weight = Float32Array.from(normals(2, N * K));
    const bias = Float32Array.from(normals(3, N));
    const dz = Float32Array.from(normals(4, T * N));
    const inputs = { x: tensor(x, [T, K]), weight: tensor(weight, [N, K]), bias: tensor(bias), dz: tensor(dz, [T, N]) };
    const params = { tile, vec4N: false, vec4K: true };
    const size = Uint32Array.of(N, K, 1, 0);
    const y = output(backend, [T, N]);
    const dx = output(backend, [T, K]);
    const dweight = output(backend, [N, K]);
    const dbias = output(backend, [N]);
    const grid = (M: number, columns: number) => [Math.ceil(columns / tile.n), Math.ceil(M / tile.m), 1] as const;
    const { x: xs, weight: ws, bias: bs, dz: dzs } = inputs;
    dispatch(
      backend,
      linearShader,
      { ...params, activation: 'none' },
      { size, x: xs, weight: ws, bias: bs, y, z: undefined },
      grid(T, N),
    );
    dispatch(backend, linearInputGradShader, params, { size, dz: dzs, weight: ws, dx }, grid(T, K));
    dispatch(backend, linearWeightGradShader, params, { size, dz: dzs, x: xs, dweight, dbias }, grid(N, K));

    const sizes = { T, K, N };
    const expected = linearBackward(dz, x, weight, undefined, sizes, 'none');
    expectAllClose('y', await read(y), linearForward(x, weight, bias, sizes, 'none').y, TOLERANCES.kernel);
    expectAllClose('dx', await read(dx), expected.dx, TOLERANCES.kernel);
    expectAllClose('dweight', await read(dweight), expected.dweight, TOLERANCES.kernel);
    expectAllClose('dbias', await read(dbias), expected.dbias, TOLERANCES.kernel);
    for (const each of Object.values(inputs)) each.dispose();
    release(backend, y, dx, dweight, dbias);
  });

  test('a weight gradient in splits is right, and the same each time', async () => {
    const [T, K, N] = [300, 24, 20];
    const opCase = {
      inputs: {
        x: { shape: [T, K], values: normals(1, T * K) },
        weight: { shape: [N, K], values: normals(2, N * K) },
        bias: { shape: [N], values: normals(3, N) },
      },
      constants: {},
      run: ({ x, weight, bias }: Parameters<Parameters<typeof checkOp<'x' | 'weight' | 'bias', never>>[1]['run']>[0]) =>
        linear(x, weight, bias),
    };
    expect(chooseSplits(N, K, T, chooseTile(N, K, backend.lean))).toBeGreaterThan(1);
    await checkOp('webgpu', opCase);
    const [first, second] = [await runOp('webgpu', opCase), await runOp('webgpu', opCase)];
    expect(second.gradients).toEqual(first.gradients);
  });
});
