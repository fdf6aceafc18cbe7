import { tensor } from '@tensorflow/tfjs-core';
import { expect, describe, test } from 'vitest';
import { expectAllClose } from '../../testing/all-close.ts';
import { normals } from '../../testing/inputs.ts';
import { describeBackends } from '../../testing/node/backends.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import { halfBits, packHalves, unpackHalves, valueOfHalf } from './half.ts';

describe('half reference', () => {
  /** From IEEE 754's definition of binary16; the bits of 1/3 and 0.1 as numpy gives them. */
  test.each([
    [0, 0x0000, 0],
    [-0, 0x8000, -0],
    [1, 0x3c00, 1],
    [-2, 0xc000, -2],
    [1 / 3, 0x3555, 0.333251953125],
    [0.1, 0x2e66, 0.0999755859375],
    [65504, 0x7bff, 65504],
    [1e6, 0x7bff, 65504],
    [-1e6, 0xfbff, -65504],
    [2 ** -14, 0x0400, 2 ** -14],
    [2 ** -24, 0x0001, 2 ** -24],
    [2 ** -26, 0x0000, 0],
    [2049, 0x6800, 2048],
    [2051, 0x6802, 2052],
    [0.99999, 0x3c00, 1],
  ])('%f', (value, bits, back) => {
    expect(halfBits(value)).toBe(bits);
    expect(valueOfHalf(bits)).toBe(back);
  });

  test('every number of binary16 is its own nearest', () => {
    const wrong = [];
    for (let bits = 0; bits < 0x7c00; bits++) if (halfBits(valueOfHalf(bits)) !== bits) wrong.push(bits);
    expect(wrong).toEqual([]);
  });
});

describeBackends('half', (backend) => {
  test.each([[1], [3], [17], [65], [127], [128], [3, 24], [5, 7, 9]])('there and back, %j %j %j', async (...sizes: number[]) => {
    const shape = sizes.filter((size) => typeof size === 'number');
    const size = shape.reduce((product, each) => product * each, 1);
    const values = Float32Array.from(normals(size, size, 10), (value, i) => (i % 5 === 4 ? value * 1e-6 : value));
    const x = tensor(values, shape);
    const packed = packHalves(x);
    const back = unpackHalves(packed, shape);
    expect([packed.shape, packed.dtype, back.shape]).toEqual([[Math.ceil(size / 2)], 'int32', shape]);
    const expected = Float64Array.from(values, (value) => valueOfHalf(halfBits(value)));
    expectAllClose(`values on ${backend}`, await back.data(), expected, TOLERANCES.half);
    for (const each of [x, packed, back]) each.dispose();
  });

  test('what is too large stays finite', async () => {
    const x = tensor(Float32Array.of(1e5, -1e30, 65504, 7));
    const packed = packHalves(x);
    const back = unpackHalves(packed, [4]);
    expect([...(await back.data())]).toEqual([65504, -65504, 65504, 7]);
    for (const each of [x, packed, back]) each.dispose();
  });
});
