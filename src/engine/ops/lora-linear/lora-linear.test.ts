import { beforeAll, describe, expect, test } from 'vitest';
import { engine, keep, memory, tensor } from '@tensorflow/tfjs-core';
import { expectAllClose } from '../../testing/all-close.ts';
import { checkOp, runForward, type OpCase, type Values } from '../../testing/check-op.ts';
import { checkGradients } from '../../testing/gradient-check.ts';
import { normals } from '../../testing/inputs.ts';
import { describeBackends } from '../../testing/node/backends.ts';
import { start as startCpu } from '../../testing/node/cpu.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import type { Activation } from '../contract.ts';
import { freeze } from '../frozen.ts';
import { linear } from '../linear/linear.ts';
import { loraLinear, loraLinearBackward, loraLinearForward, loraSizes } from './lora-linear.ts';

interface Sizes {
  readonly T: number;
  readonly K: number;
  /** Outputs of a part. */
  readonly M: number;
  readonly r: number;
  readonly slots: readonly number[];
}

function valuesOf({ T, K, M, r, slots }: Sizes) {
  const S = slots.filter((slot) => slot >= 0).length;
  const N = M * slots.length;
  const of = (seed: number, shape: readonly [number, number], deviation = 1) => ({
    shape,
    values: normals(seed, shape[0] * shape[1], deviation),
  });
  return {
    x: of(1, [T, K]),
    low: of(2, [T, S * r]),
    up: of(3, [S * M, r], 1 / Math.sqrt(r)),
    weight: of(4, [N, K], 1 / Math.sqrt(K)),
    bias: { shape: [N], values: normals(5, N) },
  };
}

function loraCase(sizes: Sizes, activation: Activation = 'none', scale = 1.7): OpCase<'x' | 'low' | 'up', 'weight' | 'bias'> {
  const { weight, bias, ...inputs } = valuesOf(sizes);
  return {
    inputs,
    constants: { weight, bias },
    run: (learning, constants) => loraLinear(learning, { ...constants, attrs: { activation, scale, slots: sizes.slots } }),
  };
}

describe('loraLinear reference', () => {
  beforeAll(startCpu);

  test.each<[Activation, readonly number[]]>([
    ['none', [0, -1, 1]],
    ['gelu', [0]],
    ['tanh', [1, 0, -1]],
  ])('gradient by differences, %s, slots %j', (activation, slots) => {
    const [T, K, M, r] = [4, 5, 3, 2];
    const { x, low, up, weight, bias } = valuesOf({ T, K, M, r, slots });
    const attrs = { activation, scale: 0.6, slots };
    const sizes = loraSizes(low, up, attrs);
    const inputs = { x: x.values, low: low.values, up: up.values };
    const values = { ...inputs, weight: weight.values, T, K };
    const forward = () => loraLinearForward(inputs.x, bias.values, values, attrs, sizes);
    const dy = normals(6, T * M * slots.length);
    const { dlow, dup, dx } = loraLinearBackward(dy, values, forward().z, attrs, sizes);
    checkGradients(inputs, () => forward().y, dy, { x: dx, low: dlow, up: dup });
  });

  test('is a linear layer with the merged weight', async () => {
    const [T, K, M, r, scale] = [7, 6, 4, 3, 2.5];
    const { x, up, weight, bias } = valuesOf({ T, K, M, r, slots: [0, -1] });
    const down = normals(8, r * K);
    const merged = weight.values.map((value, at) => {
      const [n, k] = [Math.floor(at / K), at % K];
      let change = 0;
      for (let j = 0; n < M && j < r; j++) change += up.values[n * r + j]! * down[j * K + k]!;
      return value + scale * change;
    });
    const inputs = {
      x,
      up,
      down: { shape: [r, K], values: down },
      merged: { shape: weight.shape, values: merged },
      weight,
      bias,
    };
    const attrs = { activation: 'none', scale, slots: [0, -1] } as const;
    const none = { shape: [r], values: new Float64Array(r) };
    const split = await runForward('cpu', {
      inputs: { ...inputs, none },
      constants: {},
      run: (all) => loraLinear({ x: all.x, low: linear(all.x, all.down, all.none), up: all.up }, { ...all, attrs }),
    });
    const joined = await runForward('cpu', { inputs, constants: {}, run: (all) => linear(all.x, all.merged, all.bias) });
    expectAllClose('output', split, joined, TOLERANCES.stock);
  });

  test('wrong shapes are refused by name', () => {
    const zeros = (...shape: number[]) => tensor(new Float32Array(shape[0]! * (shape[1] ?? 1)), shape);
    const constants = {
      weight: zeros(6, 3),
      bias: zeros(6),
      attrs: { activation: 'none', scale: 1, slots: [0, -1, 1] },
    } as const;
    expect(() => loraLinear({ x: zeros(2, 3), low: zeros(2, 3), up: zeros(4, 2) }, constants)).toThrow(
      'loraLinear: low must be [2, 4], is [2, 3]',
    );
  });
});

describeBackends('loraLinear', (backend) => {
  test.each<[number, number, number, number, readonly number[]]>([
    [1, 5, 3, 1, [0]],
    [3, 24, 37, 2, [0]],
    [17, 65, 24, 8, [0, -1, 1]],
    [65, 24, 20, 3, [1, 2, 0]],
    [127, 65, 43, 4, [-1, 0, -1]],
    [128, 64, 64, 8, [0, -1, 1]],
  ])('%i tokens, %i to parts of %i, rank %i, slots %j', async (T, K, M, r, slots) => {
    await checkOp(backend, loraCase({ T, K, M, r, slots }));
  });

  test.each<Activation>(['gelu', 'gelu_new', 'relu', 'tanh'])('with %s', async (activation) => {
    await checkOp(backend, loraCase({ T: 17, K: 24, M: 37, r: 5, slots: [0] }, activation));
    await checkOp(backend, loraCase({ T: 65, K: 5, M: 64, r: 4, slots: [0] }, activation));
  });

  test('a frozen input gets no gradient, and the others the same', async () => {
    const { x, low, up, weight, bias } = valuesOf({ T: 9, K: 6, M: 4, r: 2, slots: [0, -1, 1] });
    const make = ({ shape, values }: Values) => tensor(Float32Array.from(values), [...shape]);
    const before = memory().numTensors;
    const inputs = { x: make(x), low: make(low), up: make(up) };
    const constants = { weight: make(weight), bias: make(bias) };
    const run = () => loraLinear(inputs, { ...constants, attrs: { activation: 'none', scale: 0.5, slots: [0, -1, 1] } });
    const dy = keep(tensor(Float32Array.from(normals(7, 9 * 12)), [9, 12]));
    const all = engine().gradients(run, [inputs.x, inputs.low, inputs.up], dy);
    freeze(inputs.x);
    const rest = engine().gradients(run, [inputs.low, inputs.up], dy);
    for (const [i, gradient] of rest.grads.entries()) {
      expectAllClose('gradient', await gradient.data(), await all.grads[i + 1]!.data(), TOLERANCES.exact);
    }
    const made = [...Object.values(inputs), ...Object.values(constants), dy, all.value, rest.value, ...all.grads, ...rest.grads];
    for (const each of made) each.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
