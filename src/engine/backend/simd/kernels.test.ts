/**
 * Every kernel on both builds and on one, two and three threads: the same bits, and close to the reference. The builds run on backends
 * that tfjs does not know, so that both are there at once.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KernelName, Kernels } from '../../ops/contract.ts';
import { attentionBackward, attentionForward } from '../../ops/attention/attention.ts';
import { linearBackward, linearForward } from '../../ops/linear/linear.ts';
import { SIMD_KERNELS } from '../../ops/register-simd.ts';
import { expectAllClose } from '../../testing/all-close.ts';
import { integers, normals, offsetsOf, rngOf } from '../../testing/inputs.ts';
import { loadModule, spawnNodeThread } from '../../testing/node/simd.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import { SimdBackend } from './backend.ts';
import { PRODUCT } from './kernel-numbers.ts';
import { SCRATCH_BASE, SCRATCH_STRIDE } from './memory-map.ts';
import { hasRelaxedSimd } from './relaxed.ts';
import type { SpawnThread } from './threads.ts';

type Input = Float32Array | Int32Array;
type Inputs = Readonly<Record<string, readonly [shape: readonly number[], values: Input]>>;

const THREADS = 3;
const DROPOUT = { rate: 0.3, stream: 5 };
const [T, K, N, H, A] = [389, 100, 770, 72, 3];
const OFFSETS = offsetsOf([1, 130, 0, 48, 200, 7]);

const f32 = (seed: number, ...shape: number[]) => {
  const size = shape.reduce((product, side) => product * side, 1);
  return [shape, Float32Array.from(normals(seed, size, 0.5))] as const;
};
const i32 = (values: Int32Array) => [[values.length], values] as const;
const rng = i32(rngOf(11, 22, 33));

const HYPER = [[8], Float32Array.of(1e-3, 0.9, 0.999, 1e-8, 0.01, 0.1, 0.001, 1)] as const;

/** A call of each kernel, large enough for several tiles. */
const CALLS: { readonly [Name in KernelName]: readonly [inputs: Inputs, attrs: Kernels[Name]['attrs']] } = {
  Linear: [{ x: f32(1, T, K), weight: f32(2, N, K), bias: f32(3, N) }, { activation: 'gelu' }],
  LinearGrad: [
    { dy: f32(1, T, N), x: f32(2, T, K), weight: f32(3, N, K), z: f32(4, T, N) },
    { activation: 'gelu', needs: { input: true, weight: true } },
  ],
  Attention: [
    { qkv: f32(1, T, 3 * H), offsets: i32(OFFSETS), rng },
    { heads: A, dropout: DROPOUT },
  ],
  AttentionGrad: [
    { dout: f32(1, T, H), qkv: f32(2, T, 3 * H), out: f32(3, T, H), lse: f32(4, T, A), offsets: i32(OFFSETS), rng },
    { heads: A, dropout: DROPOUT },
  ],
  AddLayerNorm: [
    { x: f32(1, T, H), residual: f32(2, T, H), gamma: f32(3, H), beta: f32(4, H), rng },
    { eps: 1e-12, dropout: DROPOUT },
  ],
  AddLayerNormGrad: [
    { dy: f32(1, T, H), s: f32(2, T, H), mean: f32(3, T), rstd: f32(4, T), gamma: f32(5, H), rng },
    { dropout: DROPOUT, affine: true },
  ],
  LoraLinear: [
    { x: f32(1, T, K), weight: f32(2, 3 * H, K), bias: f32(3, 3 * H), low: f32(4, T, 16), up: f32(5, 2 * H, 8) },
    { activation: 'none', scale: 2, slots: [0, -1, 1] },
  ],
  LoraLinearGrad: [
    { dy: f32(1, T, 3 * H), low: f32(2, T, 16), up: f32(3, 2 * H, 8), weight: f32(4, 3 * H, K) },
    { activation: 'none', scale: 2, slots: [0, -1, 1] },
  ],
  Embeddings: [
    {
      ids: i32(integers(1, T, 600)),
      positions: i32(integers(2, T, 300)),
      types: i32(integers(3, T, 2)),
      word: f32(4, 600, H),
      position: f32(5, 300, H),
      type: f32(6, 2, H),
    },
    {},
  ],
  EmbeddingsGrad: [
    { dy: f32(1, T, H), ids: i32(integers(1, T, 600)), positions: i32(integers(2, T, 300)), types: i32(integers(3, T, 2)) },
    { vocabulary: 600, positionCount: 300, typeCount: 2 },
  ],
  Dropout: [{ x: f32(1, T, H), rng }, { dropout: DROPOUT }],
  TakeRows: [{ x: f32(1, T, H), rows: i32(Int32Array.of(0, 5, 388)) }, {}],
  TakeRowsGrad: [{ dy: f32(1, 3, H), rows: i32(Int32Array.of(0, 5, 388)) }, { rowCount: T }],
  MoveColumns: [{ x: f32(1, T, H) }, { from: 3, to: 7, count: 20, width: 60 }],
  Unfold: [{ x: f32(1, T, H), offsets: i32(OFFSETS) }, { size: 3 }],
  UnfoldGrad: [{ dy: f32(1, T, 3 * H), offsets: i32(OFFSETS) }, { size: 3 }],
  Activate: [{ z: f32(1, T, H) }, { activation: 'silu' }],
  ActivateGrad: [{ dy: f32(1, T, H), z: f32(2, T, H) }, { activation: 'silu' }],
  PackHalves: [{ x: f32(1, T, H) }, {}],
  UnpackHalves: [{ packed: i32(integers(1, 900, 2 ** 30)) }, { shape: [9, 200] }],
  CrossEntropy: [{ logits: f32(1, 32, 5), labels: i32(integers(2, 32, 5)) }, { labelSmoothing: 0.1 }],
  BinaryCrossEntropy: [{ logits: f32(1, 32, 5), targets: f32(2, 32, 5) }, {}],
  GlobalNorm: [{ g0: f32(1, T, H), g1: f32(2, 3), g2: f32(3, 20_000) }, {}],
  Accumulate: [{ sum: f32(1, T, H), value: f32(2, T, H) }, { first: false }],
  AdamW: [
    {
      param: f32(1, T, H),
      m: f32(2, T, H),
      v: [[T, H], f32(3, T, H)[1].map(Math.abs)],
      grad: f32(4, T, H),
      norm: f32(5, 1),
      hyper: HYPER,
    },
    { decay: true },
  ],
};

/** Kernels whose results are in these inputs. */
const IN_PLACE: { readonly [Name in KernelName]?: readonly string[] } = { AdamW: ['param', 'm', 'v'], Accumulate: ['sum'] };

/** All outputs of a kernel, or the inputs that it wrote. */
function runKernel(backend: SimdBackend, name: KernelName): Input[] {
  const [inputs, attrs] = CALLS[name];
  const tensors: Record<string, TensorInfo> = {};
  for (const [key, [shape, values]] of Object.entries(inputs)) {
    const dtype = values instanceof Int32Array ? 'int32' : 'float32';
    tensors[key] = { dataId: backend.write(values, [...shape], dtype), shape: [...shape], dtype };
  }
  const outputs: readonly TensorInfo[] = SIMD_KERNELS[name](tensors as never, attrs as never, backend);
  const read = IN_PLACE[name]?.map((input) => tensors[input]!) ?? outputs;
  const values = read.map((tensor) => {
    const each = backend.readSync(tensor.dataId);
    if (!(each instanceof Float32Array || each instanceof Int32Array)) throw new Error('an output is neither float32 nor int32');
    return each;
  });
  for (const { dataId } of [...Object.values(tensors), ...outputs]) backend.disposeData(dataId);
  return values;
}

function expectSameBits(actual: readonly Input[], expected: readonly Input[]): void {
  const bytes = (values: Input) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  expect(actual.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  expect(actual.map((each, i) => bytes(each).equals(bytes(expected[i]!)))).toEqual(actual.map(() => true));
  expect(actual.every((each) => each.every(Number.isFinite))).toBe(true);
}

const BUILDS = hasRelaxedSimd() ? (['relaxed', 'plain'] as const) : (['plain'] as const);

describe.each(BUILDS)('kernels, %s build', (build) => {
  let backend: SimdBackend;
  beforeAll(async () => {
    backend = new SimdBackend(await loadModule(build));
    expect(await backend.startThreads(THREADS, spawnNodeThread)).toBe(THREADS);
  });
  afterAll(() => backend.dispose());

  test.each(Object.keys(CALLS) as KernelName[])('%s: the same bits with 1, 2 and 3 threads, run after run', (name) => {
    backend.jobs.threads = 1;
    const alone = runKernel(backend, name);
    for (let threads = 1; threads <= THREADS; threads++) {
      backend.jobs.threads = threads;
      for (let repeat = 0; repeat < 5; repeat++) expectSameBits(runKernel(backend, name), alone);
    }
  });

  test('all kernels leave the heap as it was', () => {
    const names = Object.keys(CALLS) as KernelName[];
    for (const name of names) runKernel(backend, name);
    const before = { ...backend.memory(), ids: backend.numDataIds() };
    for (let repeat = 0; repeat < 10; repeat++) for (const name of names) runKernel(backend, name);
    expect({ ...backend.memory(), ids: backend.numDataIds() }).toEqual(before);
  });

  test('linear over block borders', () => {
    const sizes = { T: 103, K: 773, N: 391 };
    const x = Float32Array.from(normals(1, sizes.T * sizes.K));
    const weight = Float32Array.from(normals(2, sizes.N * sizes.K, 0.04));
    const bias = Float32Array.from(normals(3, sizes.N));
    const dy = Float32Array.from(normals(4, sizes.T * sizes.N));
    const info = (values: Input, ...shape: number[]): TensorInfo => ({
      dataId: backend.write(values, shape, 'float32'),
      shape,
      dtype: 'float32',
    });
    const tensors = { x: info(x, 103, 773), weight: info(weight, 391, 773), bias: info(bias, 391) };
    const [y] = SIMD_KERNELS.Linear(tensors, { activation: 'none' }, backend);
    const gradients = SIMD_KERNELS.LinearGrad(
      { ...tensors, dy: info(dy, 103, 391) },
      { activation: 'none', needs: { input: true, weight: true } },
      backend,
    );
    const read = (tensor: TensorInfo) => backend.readSync(tensor.dataId) as Float32Array;
    expectAllClose('y', read(y!), linearForward(x, weight, bias, sizes, 'none').y, TOLERANCES.kernel);
    const { dx, dweight, dbias } = linearBackward(dy, x, weight, undefined, sizes, 'none');
    [dx, dweight, dbias].forEach((expected, i) =>
      expectAllClose(`gradient ${i}`, read(gradients[i]!), expected, TOLERANCES.kernel),
    );
  });

  test('a product writes its own rectangle and nothing else', () => {
    const [M, columns, depth, stride] = [7, 13, 5, 24];
    const a = backend.heap.allocate(M * depth * 4);
    const b = backend.heap.allocate(columns * depth * 4);
    const c = backend.heap.allocate((M + 2) * stride * 4);
    const view = new Float32Array(backend.heap.buffer, c.address, (M + 2) * stride).fill(-5);
    new Float32Array(backend.heap.buffer, a.address, M * depth).fill(1);
    new Float32Array(backend.heap.buffer, b.address, columns * depth).fill(2);
    const corner = c.address + (stride + 3) * 4;
    const sides = [a.address, depth * 4, 0, b.address, depth * 4, 0, corner, stride * 4];
    const work = { label: 'product', flops: 0, bytes: 0 };
    backend.jobs.run(PRODUCT, 4, [...sides, M, columns, depth, 6, 8, 4, 0, 0, 0], work);
    view.forEach((value, i) => {
      const [row, column] = [Math.floor(i / stride) - 1, (i % stride) - 3];
      const inside = row >= 0 && row < M && column >= 0 && column < columns;
      expect(value).toBe(inside ? 2 * depth : -5);
    });
    for (const block of [a, b, c]) backend.heap.free(block);
  });

  test('attention over a row of 700 tokens, and tokens of no row', () => {
    const [tokens, width, heads] = [704, 20, 2];
    const setting = { T: tokens, H: width, heads, offsets: Int32Array.of(0, 700), dropout: DROPOUT, rng: rng[1] };
    const [, qkv] = f32(1, tokens, 3 * width);
    const [, dout] = f32(2, tokens, width);
    const info = (values: Input, dtype: 'float32' | 'int32', ...shape: number[]): TensorInfo => ({
      dataId: backend.write(values, shape, dtype),
      shape,
      dtype,
    });
    const shared = {
      qkv: info(qkv, 'float32', tokens, 3 * width),
      offsets: info(setting.offsets, 'int32', 2),
      rng: info(rng[1], 'int32', 3),
    };
    const attrs = { heads, dropout: DROPOUT };
    const [out, lse] = SIMD_KERNELS.Attention(shared, attrs, backend);
    const [dqkv] = SIMD_KERNELS.AttentionGrad(
      { ...shared, dout: info(dout, 'float32', tokens, width), out, lse },
      attrs,
      backend,
    );
    const expected = attentionForward(qkv, setting);
    const read = (tensor: TensorInfo) => backend.readSync(tensor.dataId) as Float32Array;
    expectAllClose('out', read(out), expected.out, TOLERANCES.kernel);
    expectAllClose('lse', read(lse), expected.lse, TOLERANCES.kernel);
    expectAllClose('dqkv', read(dqkv), attentionBackward(dout, qkv, expected.out, expected.lse, setting).dqkv, TOLERANCES.kernel);
  });
});

describe('threads', () => {
  test('those that fail to start are left out, the work is done by the others', async () => {
    const backend = new SimdBackend(await loadModule());
    const expected = runKernel(backend, 'Linear');
    let spawned = 0;
    const spawn: SpawnThread = (start) => {
      spawned++;
      const nothing = () => undefined;
      if (spawned === 1) return { ready: Promise.reject(new Error('no such file')), serve: nothing, terminate: nothing };
      if (spawned === 3) throw new Error('too many workers');
      return spawnNodeThread(start);
    };
    expect(await backend.startThreads(4, spawn)).toBe(2);
    const control = new Uint32Array(backend.memoryObject.buffer, 0, 128);
    const stride = control[SCRATCH_STRIDE / 4]!;
    const scratchOfHelper = new Uint8Array(backend.memoryObject.buffer, control[SCRATCH_BASE / 4]! + stride, stride);
    scratchOfHelper.fill(0);
    const hasHelped = () => scratchOfHelper.some((byte) => byte !== 0);
    // On a busy machine the helper may come late.
    for (let repeat = 0; repeat < 1000 && !hasHelped(); repeat++) expectSameBits(runKernel(backend, 'Linear'), expected);
    expect(hasHelped()).toBe(true);
    backend.dispose();
    expect(backend.jobs.threads).toBe(1);
    expectSameBits(runKernel(backend, 'Linear'), expected);
  });
});
