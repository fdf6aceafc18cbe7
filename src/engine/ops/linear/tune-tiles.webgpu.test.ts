/** Tuning on a real device with toy products: what is chosen is right, and what is not comes to nothing. */
import { keep, memory, tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPrograms } from '../../backend/programs.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import { normals } from '../../testing/inputs.ts';
import { missingDriver } from '../../testing/node/webgpu-driver.ts';
import { linear } from './linear.ts';
import { tileChoice, useTileTable } from './tile-table.webgpu.ts';
import { MATMUL_FORMS, SIZE_CLASSES, type TileName } from './tiles.ts';
import { runProduct, tuneTiles, type TuneOptions } from './tune-tiles.webgpu.ts';

const SLOW = 240_000;
const TILES: readonly TileName[] = ['32x32x8', '32x32x16', '16x32x32'];
const SIZE = { M: 68, N: 64, inner: 40 };
const TOY: TuneOptions = {
  tiles: TILES,
  sizes: SIZE_CLASSES.map(() => SIZE),
  checks: [{ M: 33, N: 34, inner: 19 }],
  goal: 0,
};

const lack = missingDriver();
describe.skipIf(lack !== null)(`tuning${lack === null ? '' : ` (skipped: ${lack})`}`, { timeout: SLOW }, () => {
  let backend: GpuBackend;
  beforeAll(async () => {
    const { nodeGpu, startedWebgpu } = await import('../../testing/node/webgpu.ts');
    nodeGpu(['enable-dawn-features=disable_workgroup_init']);
    ({ backend } = await startedWebgpu());
  }, SLOW);
  afterAll(() => useTileTable(backend, null));

  const inMemory = () => [memory().numTensors, backend.memory().numBytesInGPU];

  test('chooses for each form and size, tells how far it is, and leaves nothing', async () => {
    const before = inMemory();
    const progress: string[] = [];
    const { table, outcomes } = await tuneTiles(backend, {
      ...TOY,
      onProgress: (done, total) => progress.push(`${done}/${total}`),
    });
    for (const form of MATMUL_FORMS) {
      expect(table[form].map(({ tile }) => TILES.includes(tile))).toEqual([true, true, true, true]);
    }
    expect(outcomes.every(({ gain, thrownOut }) => gain >= 1 && thrownOut.length === 0)).toBe(true);
    expect([progress[0], progress.at(-1), progress.length]).toEqual(['0/12', '12/12', 13]);
    expect(inMemory()).toEqual(before);
  });

  test('a tile that is fast and computes something else is thrown out', async () => {
    const wrong = [4, 4, 4].map((size, i) =>
      keep(tensor(Float32Array.from(normals(i, i < 2 ? 16 : size)), i < 2 ? [4, 4] : [4])),
    );
    const [a, b, bias] = wrong;
    const run: typeof runProduct = (gpu, form, operands, choice) =>
      runProduct(gpu, form, choice.tile === '16x32x32' ? [a!, b!, bias!] : operands, choice);
    const large = { M: 196, N: 192, inner: 200 };
    const { table, outcomes } = await tuneTiles(backend, {
      ...TOY,
      tiles: ['32x32x8', '16x32x32'],
      sizes: [large, SIZE, SIZE, SIZE],
      checks: [{ M: 4, N: 4, inner: 4 }],
      run,
    });
    for (const form of MATMUL_FORMS) expect(table[form][0]?.tile).toBe('32x32x8');
    expect(outcomes.filter(({ size }) => size === large).map(({ thrownOut }) => thrownOut.map(({ tile }) => tile))).toEqual([
      ['16x32x32'],
      ['16x32x32'],
      ['16x32x32'],
    ]);
    for (const each of wrong) each.dispose();
  });

  test('an abort ends it, and leaves nothing', async () => {
    const before = inMemory();
    const stop = new AbortController();
    const onProgress = (done: number): void => {
      if (done === 1) stop.abort(new Error('a run starts'));
    };
    await expect(tuneTiles(backend, { ...TOY, onProgress, signal: stop.signal })).rejects.toThrow('a run starts');
    expect(inMemory()).toEqual(before);
  });

  test('a table takes effect, and what is recorded under it has the bits of what is run under it', async () => {
    const choice = { tile: '32x64x16', splitUntil: 0 } as const;
    const choices = SIZE_CLASSES.map(() => choice);
    const compiled = backend.pipelines.size;
    useTileTable(backend, { forward: choices, inputGrad: choices, weightGrad: choices });
    expect(tileChoice(backend, 'forward', 5, 7)).toEqual(choice);
    const inputs = { x: [5, 6], weight: [7, 6], bias: [7] } as const;
    const values = Object.entries<readonly number[]>(inputs).map(([name, shape], i) => {
      const size = shape.reduce((product, each) => product * each, 1);
      return [name, { values: Float32Array.from(normals(i, size)), shape }] as const;
    });
    const results: Float32Array[] = [];
    for (const records of [false, true]) {
      backend.recordsPrograms = records;
      const program = createPrograms().define<string>(({ x, weight, bias }) => [linear(x!, weight!, bias!, 'gelu')]);
      const [y] = await program.run(Object.fromEntries(values));
      results.push((await y!.data()) as Float32Array);
      y!.dispose();
      program.dispose();
    }
    expect(results[1]).toEqual(results[0]);
    expect(backend.pipelines.size).toBe(compiled + 1);
  });

  test('without timestamps it is timed from outside, and a clock that stands still lets nothing win', async () => {
    const { installBackend } = await import('../../backend/webgpu/start.ts');
    const adapter = await navigator.gpu.requestAdapter();
    const plain = await installBackend(await adapter!.requestDevice(), adapter!.info);
    let asked = 0;
    const { table, outcomes } = await tuneTiles(plain, { ...TOY, tiles: ['32x32x8', '32x32x16'], now: () => asked++ });
    expect(asked).toBeGreaterThan(2 * outcomes.length);
    for (const form of MATMUL_FORMS) expect(table[form].map(({ tile }) => tile)).toEqual(Array(4).fill('32x32x8'));
  });
});
