import { tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingDriver } from '../../testing/node/webgpu-driver.ts';
import { dispatch, foldWorkgroups, output, release } from './dispatch.ts';
import type { GpuBackend } from './gpu-backend.ts';
import { shader, WORKGROUP_INDEX, type Shader } from './shader.ts';

describe('folding workgroups', () => {
  test.each([1, 65535, 65536, 200_000, 3_000_001])('%i', (count) => {
    const [x, y, z] = foldWorkgroups(count, 65535);
    expect(z).toBe(1);
    expect(Math.max(x, y)).toBeLessThanOrEqual(65535);
    expect(x * y).toBeGreaterThanOrEqual(count);
    expect(x * y - count).toBeLessThan(y);
  });

  test('a given shape is kept, one that no GPU takes is refused', () => {
    expect(foldWorkgroups([3, 4, 5], 65535)).toEqual([3, 4, 5]);
    expect(() => foldWorkgroups([1, 70_000, 1], 65535)).toThrow('more than 65535 workgroups');
  });
});

/** sum = x + constant, product = x · factor, one element a workgroup. */
function sumAndProduct({ factor }: { factor: number }): Shader<'x' | 'constant' | 'sum' | 'product'> {
  return shader({
    label: 'sum and product',
    bindings: { x: 'read array<f32>', constant: 'uniform vec4u', sum: 'write array<f32>', product: 'write array<f32>' },
    code: `${WORKGROUP_INDEX}
@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u) {
  let i = workgroup_index(workgroup, count);
  if (i >= arrayLength(&x)) { return; }
  sum[i] = x[i] + f32(constant.x);
  product[i] = x[i] * ${factor}.0;
}`,
  });
}

/** x ← x + 1 in place. */
function increment(): Shader<'x'> {
  return shader({
    label: 'increment',
    bindings: { x: 'write array<f32>' },
    code: `@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&x)) { x[id.x] += 1.0; }
}`,
  });
}

const lack = missingDriver();
describe.skipIf(lack !== null)(`dispatch${lack === null ? '' : ` (skipped: ${lack})`}`, () => {
  let backend: GpuBackend;
  beforeAll(async () => {
    ({ backend } = await (await import('../../testing/node/webgpu.ts')).startedWebgpu());
  });
  afterAll(() => backend.flush());

  const read = async (info: TensorInfo): Promise<number[]> => Array.from((await backend.read(info.dataId)) as Float32Array);

  test('several outputs, a constant, and a pipeline for each set of parameters', async () => {
    const x = tensor([1, 2, 3]);
    const before = backend.pipelines.size;
    for (const factor of [2, 3, 2]) {
      const [sum, product] = [output(backend, [3]), output(backend, [3])];
      dispatch(backend, sumAndProduct, { factor }, { x, constant: Uint32Array.of(10, 0, 0, 0), sum, product }, 3);
      expect(await read(sum)).toEqual([11, 12, 13]);
      expect(await read(product)).toEqual([factor, 2 * factor, 3 * factor]);
      release(backend, sum, product);
    }
    expect(backend.pipelines.size - before).toBe(2);
    x.dispose();
  });

  test('more workgroups than one dimension takes', async () => {
    const size = 70_001;
    const x = tensor(Float32Array.from({ length: size }, (_, i) => i));
    const [sum, product] = [output(backend, [size]), output(backend, [size])];
    dispatch(backend, sumAndProduct, { factor: 2 }, { x, constant: Uint32Array.of(1, 0, 0, 0), sum, product }, size);
    const sums = await read(sum);
    expect(sums.findIndex((value, i) => value !== i + 1)).toBe(-1);
    expect((await read(product)).at(-1)).toBe(140_000);
    release(backend, sum, product);
    x.dispose();
  });

  test('in place: what was read before is not what is read after', async () => {
    const x = tensor([1, 2, 3]);
    for (const expected of [2, 3, 4]) {
      dispatch(backend, increment, {}, { x }, 1);
      expect((await x.data())[0]).toBe(expected);
    }
    const unread = x.data();
    dispatch(backend, increment, {}, { x }, 1);
    expect((await unread)[0]).toBe(4);
    expect((await x.data())[0]).toBe(5);
    x.dispose();
  });

  test('released tensors give their buffers back, also while commands wait', () => {
    const { numBytesInGPU } = backend.memory();
    for (let i = 0; i < 5; i++) {
      const x = tensor([1, 2, 3]);
      dispatch(backend, increment, {}, { x }, 1);
      x.dispose();
    }
    backend.flush();
    expect(backend.memory().numBytesInGPU).toBe(numBytesInGPU);
  });

  test('a name that nothing is bound to', () => {
    expect(() => dispatch(backend, increment, {}, { x: undefined }, 1)).toThrow('increment: nothing is bound to x');
  });
});
