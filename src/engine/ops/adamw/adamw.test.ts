import { keep, memory, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectAllClose } from '../../testing/all-close.ts';
import { normals } from '../../testing/inputs.ts';
import { describeBackends } from '../../testing/node/backends.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import { adamW, adamWStep } from './adamw.ts';

function hyperOf(step: number, maxGradNorm: number): Float32Array {
  return Float32Array.of(0.01, 0.9, 0.999, 1e-8, 0.1, 1 - 0.9 ** step, 1 - 0.999 ** step, maxGradNorm);
}

describe('adamw reference', () => {
  test('the first step moves by lr·sign(g) after the decay', () => {
    const state = { param: Float64Array.of(1, -2, 3), m: new Float64Array(3), v: new Float64Array(3) };
    adamWStep(state, Float64Array.of(0.5, -0.25, 1e-3), 1, hyperOf(1, 0), true);
    const expected = [1 * 0.999 - 0.01, -2 * 0.999 + 0.01, 3 * 0.999 - 0.01];
    expectAllClose('param', state.param, expected, { relative: 1e-5, scale: 0, floor: 0 });
  });
});

describeBackends('adamw', () => {
  test.each([[[1]], [[3]], [[17, 65]], [[127, 24]], [[1030]]])('three steps in place, shape %j', async (shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    for (const [decay, maxGradNorm] of [
      [true, 0],
      [false, 1],
      [true, 1],
    ] as const) {
      const before = memory().numTensors;
      const start = Float32Array.from(normals(1, size));
      const param = keep(tensor(start.slice(), shape));
      const m = keep(tensor(new Float32Array(size), shape));
      const v = keep(tensor(new Float32Array(size), shape));
      const expected = { param: Float64Array.from(start), m: new Float64Array(size), v: new Float64Array(size) };
      for (let step = 1; step <= 3; step++) {
        const gradient = Float32Array.from(normals(10 + step, size));
        const hyper = hyperOf(step, maxGradNorm);
        const norm = step === 2 ? 0.5 : 4;
        const made = [tensor(gradient, shape), tensor([norm]), tensor(hyper)] as const;
        adamW({ param, m, v }, ...made, decay);
        adamWStep(expected, gradient, norm, hyper, decay);
        for (const each of made) each.dispose();
      }
      expectAllClose('m', await m.data(), expected.m, TOLERANCES.kernel);
      expectAllClose('v', await v.data(), expected.v, TOLERANCES.kernel);
      expectAllClose('param', await param.data(), expected.param, TOLERANCES.kernel);
      for (const each of [param, m, v]) each.dispose();
      expect(memory().numTensors).toBe(before);
    }
  });

  test('data that another tensor shares is not written', () => {
    const [param, m, v, grad] = [1, 2, 3, 4].map((seed) => tensor(Float32Array.from(normals(seed, 3))));
    const [norm, hyper] = [tensor([1]), tensor(hyperOf(1, 0))];
    const shared = param!.clone();
    expect(() => adamW({ param: param!, m: m!, v: v! }, grad!, norm, hyper, true)).toThrow(`param shares its data`);
    for (const each of [param!, m!, v!, grad!, norm, hyper, shared]) each.dispose();
  });
});
