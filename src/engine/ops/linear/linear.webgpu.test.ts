/** What the shared tests of linear do not reach on a software adapter: the tiles that GPUs get, and splits of the weight's gradient. */
import { beforeAll, afterEach, describe, expect, test } from 'vitest';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import { checkOp, runOp, type OpCase } from '../../testing/check-op.ts';
import { normals } from '../../testing/inputs.ts';
import { start as startCpu } from '../../testing/node/cpu.ts';
import { missingDriver } from '../../testing/node/webgpu-driver.ts';
import { ACTIVATIONS } from './activations.ts';
import type { Activation } from '../contract.ts';
import { linear } from './linear.ts';
import { tileChoice, useTileTable } from './tile-table.webgpu.ts';
import { SIZE_CLASSES, splitsOf, TILE_NAMES, type TileChoice, type TileTable } from './tiles.ts';

const ACTIVATION_NAMES = Object.keys(ACTIVATIONS) as readonly Activation[];
/** A software adapter needs seconds to compile each of these. */
const SLOW = 240_000;

function linearCase(T: number, K: number, N: number, activation: Activation): OpCase<'x' | 'weight' | 'bias', never> {
  return {
    inputs: {
      x: { shape: [T, K], values: normals(1, T * K) },
      weight: { shape: [N, K], values: normals(2, N * K, 1 / Math.sqrt(K)) },
      bias: { shape: [N], values: normals(3, N) },
    },
    constants: {},
    run: ({ x, weight, bias }) => linear(x, weight, bias, activation),
  };
}

const always = (choice: TileChoice): TileTable => {
  const choices = SIZE_CLASSES.map(() => choice);
  return { forward: choices, inputGrad: choices, weightGrad: choices };
};

const lack = missingDriver();
describe.skipIf(lack !== null)(`linear's tiles${lack === null ? '' : ` (skipped: ${lack})`}`, { timeout: SLOW }, () => {
  let backend: GpuBackend;
  beforeAll(async () => {
    await startCpu();
    const { nodeGpu, startedWebgpu } = await import('../../testing/node/webgpu.ts');
    nodeGpu(['enable-dawn-features=disable_workgroup_init']);
    ({ backend } = await startedWebgpu());
  });
  afterEach(() => useTileTable(backend, null));

  // Each tile with another activation, so that all of them meet one; half of the tiles with rows of vec4f too.
  test.each(TILE_NAMES.map((tile, i) => [tile, ACTIVATION_NAMES[i % ACTIVATION_NAMES.length]!, i % 2 === 0] as const))(
    '%s with %s: forward and both gradients at odd sizes, vec4f %s',
    async (tile, activation, vec4) => {
      useTileTable(backend, always({ tile, splitUntil: 0 }));
      for (const [T, K, N] of [
        [1, 127, 3],
        [3, 65, 17],
        [17, 3, 127],
        [65, 17, 1],
        [127, 1, 65],
        ...(vec4 ? [[131, 68, 132] as const] : []),
      ] as const) {
        await checkOp('webgpu', linearCase(T, K, N, activation));
      }
    },
  );

  test('a weight gradient in splits is right, and the same each time', async () => {
    const opCase = linearCase(300, 24, 20, 'none');
    expect(splitsOf(20, 24, 300, tileChoice(backend, 'weightGrad', 20, 24))).toBeGreaterThan(1);
    await checkOp('webgpu', opCase);
    const [first, second] = [await runOp('webgpu', opCase), await runOp('webgpu', opCase)];
    expect(second.gradients).toEqual(first.gradients);
  });
});
