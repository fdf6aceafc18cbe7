/** Sums in place, and the two kernels of tfjs's own names that a tape calls for, on every backend against plain numbers. */
import { add, engine, keep, memory, mul, tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { expectAllClose } from '../../testing/all-close.ts';
import { normals } from '../../testing/inputs.ts';
import { describeBackends } from '../../testing/node/backends.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import { accumulate } from './accumulate.ts';

const rounded = (values: ArrayLike<number>): Float32Array => Float32Array.from(values);

describeBackends('accumulate', (backend) => {
  test.each([1, 3, 17, 65, 127, 1028])('%i numbers: the first replaces, the others are added', async (size) => {
    const before = memory().numTensors;
    const sum = keep(tensor(rounded(normals(1, size))));
    const values = [2, 3, 4].map((seed) => rounded(normals(seed, size)));
    const expected = new Float32Array(size);
    for (const [i, value] of values.entries()) {
      const each = tensor(value.slice());
      accumulate(sum, each, i === 0);
      each.dispose();
      value.forEach((number, e) => (expected[e] = i === 0 ? number : expected[e]! + number));
    }
    expectAllClose(`sum on ${backend}`, await sum.data(), expected, TOLERANCES.exact);
    sum.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test.each([1, 17, 128])('%i numbers: a sum of two, and a product with one number', async (size) => {
    const [a, b] = [rounded(normals(5, size)), rounded(normals(6, size))];
    const [x, y, factor] = [tensor(a.slice()), tensor(b.slice()), tensor([0.3])];
    const [sum, product] = [add(x, y), mul(x, factor)];
    expectAllClose(
      'sum',
      await sum.data(),
      a.map((value, i) => value + b[i]!),
      TOLERANCES.exact,
    );
    expectAllClose(
      'product',
      await product.data(),
      a.map((value) => value * Math.fround(0.3)),
      TOLERANCES.kernel,
    );
    for (const each of [x, y, factor, sum, product]) each.dispose();
  });

  test('data that another tensor shares is not written', () => {
    const [sum, value] = [tensor([1, 2]), tensor([3, 4])];
    const shared = sum.clone();
    expect(() => accumulate(sum, value, false)).toThrow('sum shares its data with another tensor');
    expect(engine().backend.refCount(sum.dataId)).toBe(2);
    for (const each of [sum, value, shared]) each.dispose();
  });
});
