import { concat, matMul, mul, slice, softmax, type Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAllClose } from '../../testing/all-close.ts';
import { checkOp, runForward, runOp, type OpCase } from '../../testing/check-op.ts';
import { checkGradients } from '../../testing/gradient-check.ts';
import { normals, offsetsOf, rngOf } from '../../testing/inputs.ts';
import { describeBackends } from '../../testing/node/backends.ts';
import { start as startCpu } from '../../testing/node/cpu.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import { attention, attentionBackward, attentionForward } from './attention.ts';

type AttentionCase = OpCase<'qkv', 'offsets' | 'rng'>;

/** Rows of the given lengths, `extra` tokens behind them that belong to no row. */
function attentionCase(lengths: readonly number[], H: number, heads: number, rate: number, extra = 0): AttentionCase {
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

/** Places of the distances -reach .. reach among `count` positions: one each in the middle, the same for all that are far. */
function placesFor(reach: number, count: number): Int32Array {
  const places = new Int32Array(Math.ceil((2 * reach + 1) / 4) * 4);
  for (let distance = -reach; distance <= reach; distance++) {
    const bucket = Math.sign(distance) * Math.round(Math.sqrt(Math.abs(distance)) * 1.5);
    places[distance + reach] = Math.min(count - 1, Math.max(0, bucket + Math.floor(count / 2)));
  }
  return places;
}

type RelativeCase = OpCase<'qkv' | 'relative', 'offsets' | 'rng' | 'places'>;

/** As attentionCase, with `count` relative positions that reach as far as they must. */
function relativeCase(
  lengths: readonly number[],
  H: number,
  heads: number,
  rate: number,
  count: number,
  extra = 0,
): RelativeCase {
  const { inputs, constants } = attentionCase(lengths, H, heads, rate, extra);
  const reach = Math.max(...lengths) + 3;
  const places = placesFor(reach, count);
  return {
    inputs: { ...inputs, relative: { shape: [count, 3 * H], values: normals(6, count * 3 * H) } },
    constants: { ...constants, places: { shape: [places.length], values: places } },
    run: ({ qkv, relative }, { offsets, rng, places: at }) =>
      attention(qkv, offsets, rng, heads, { rate, stream: 3 }, { relative, places: at, reach }),
  };
}

/** The same from stock tfjs operations, row by row and head by head. */
function stockAttention(qkv: Tensor2D, lengths: readonly number[], H: number, heads: number): Tensor2D {
  const D = H / heads;
  const offsets = offsetsOf(lengths);
  const rows = lengths.map((length, row) => {
    const outputs = Array.from({ length: heads }, (_, head) => {
      const [q, k, v] = [0, 1, 2].map((part) => slice(qkv, [offsets[row]!, part * H + head * D], [length, D])); // each [S,D]
      return matMul<Tensor2D>(softmax(mul(matMul(q!, k!, false, true), 1 / Math.sqrt(D))), v!);
    });
    return concat<Tensor2D>(outputs, 1);
  });
  return concat<Tensor2D>(rows, 0);
}

describe('attention reference', () => {
  beforeAll(startCpu);

  test.each([0, 0.3])('gradient by differences, dropout %f', (rate) => {
    const H = 4;
    const qkv = normals(1, 7 * 3 * H);
    const setting = { T: 7, H, heads: 2, offsets: offsetsOf([2, 1, 3]), dropout: { rate, stream: 2 }, rng: rngOf(8, 9, 3) };
    const dout = normals(2, 7 * H);
    const { out, lse } = attentionForward(qkv, setting);
    const { dqkv } = attentionBackward(dout, qkv, out, lse, setting);
    checkGradients({ qkv }, () => attentionForward(qkv, setting).out, dout, { qkv: dqkv });
  });

  test.each([0, 0.3])('gradient by differences with relative positions, dropout %f', (rate) => {
    const [H, count, reach] = [4, 5, 4];
    const qkv = normals(1, 7 * 3 * H);
    const relative = normals(3, count * 3 * H);
    const setting = {
      T: 7,
      H,
      heads: 2,
      offsets: offsetsOf([2, 1, 3]),
      dropout: { rate, stream: 2 },
      rng: rngOf(8, 9, 3),
      positions: { relative, places: placesFor(reach, count), reach },
    };
    const dout = normals(2, 7 * H);
    const { out, lse } = attentionForward(qkv, setting);
    const { dqkv, drelative } = attentionBackward(dout, qkv, out, lse, setting);
    checkGradients({ qkv, relative }, () => attentionForward(qkv, setting).out, dout, { qkv: dqkv, relative: drelative! });
  });

  test('stock tfjs agrees', async () => {
    const lengths = [5, 1, 17];
    const ours = attentionCase(lengths, 24, 3, 0);
    const theirs: AttentionCase = { ...ours, run: ({ qkv }) => stockAttention(qkv as Tensor2D, lengths, 24, 3) };
    expectAllClose('output', await runForward('cpu', ours), await runForward('cpu', theirs), TOLERANCES.stock);
  });
});

describeBackends('attention', (backend) => {
  test.each([
    [[1], 5, 1],
    [[3], 24, 3],
    [[17, 1, 5], 24, 3],
    [[65, 2, 31], 65, 5],
    [[127], 65, 1],
    [[9, 127, 64, 1], 64, 2],
    [[33, 20], 384, 12],
  ])('rows of %j tokens, hidden %i, %i heads', async (lengths, H, heads) => {
    await checkOp(backend, attentionCase(lengths, H, heads, 0));
  });

  test.each([0.1, 0.5])('with dropout %f', async (rate) => {
    await checkOp(backend, attentionCase([17, 1, 30], 24, 3, rate));
    await checkOp(backend, attentionCase([65], 65, 5, rate));
  });

  test.each([
    [[1], 5, 1, 4, 0],
    [[3], 24, 3, 6, 0],
    [[17, 1, 5], 24, 3, 12, 0.1],
    [[65, 2, 31], 65, 5, 40, 0],
    [[9, 127, 64, 1], 64, 2, 32, 0.1],
  ])(
    'with relative positions: rows of %j tokens, hidden %i, %i heads, %i positions, dropout %f',
    async (lengths, H, heads, count, rate) => {
      await checkOp(backend, relativeCase(lengths, H, heads, rate, count));
    },
  );

  test('relative positions with tokens behind the last row; their last third gets nothing', async () => {
    const opCase = relativeCase([9, 4], 24, 3, 0, 6, 51);
    await checkOp(backend, opCase);
    const { gradients } = await runOp(backend, opCase);
    expect(gradients['relative']!.filter((_, i) => i % 72 >= 48).every((value) => value === 0)).toBe(true);
  });

  test('tokens behind the last row give and get nothing', async () => {
    const opCase = attentionCase([3, 10], 24, 3, 0.1, 51);
    await checkOp(backend, opCase);
    const { output, gradients } = await runOp(backend, opCase);
    expect(output.subarray(13 * 24).every((value) => value === 0)).toBe(true);
    expect(gradients['qkv']!.subarray(13 * 72).every((value) => value === 0)).toBe(true);
  });

  test('large scores do not overflow', async () => {
    const opCase = attentionCase([17, 4], 24, 3, 0);
    const values = normals(6, 21 * 72).map((value, i) => (i % 72 < 48 ? value * 30 : value));
    const { output } = await runOp(backend, { ...opCase, inputs: { qkv: { shape: [21, 72], values } } });
    expect(output.every(Number.isFinite)).toBe(true);
  });
});
