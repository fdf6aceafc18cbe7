import { add, matMul, relu, setBackend, tanh, tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAllClose } from '../../testing/all-close.ts';
import { checkOp, runForward, type OpCase } from '../../testing/check-op.ts';
import { checkGradients } from '../../testing/gradient-check.ts';
import { normals } from '../../testing/inputs.ts';
import { describeBackends } from '../../testing/node/backends.ts';
import { start as startCpu } from '../../testing/node/cpu.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import type { Activation } from '../contract.ts';
import { erf } from './activations.ts';
import { linear, linearBackward, linearForward } from './linear.ts';

const ACTIVATION_NAMES: readonly Activation[] = ['none', 'gelu', 'gelu_new', 'relu', 'tanh', 'silu', 'quick_gelu', 'mish'];

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

describe('linear reference', () => {
  beforeAll(startCpu);

  /** Values of Abramowitz-Stegun's table 7.1 and of its tail. */
  test.each([
    [0, 0],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [3.5, 0.9999992569016276],
    [6.5, 1],
    [-1, -0.8427007929497149],
  ])('erf(%f)', (x, expected) => {
    expect(Math.abs(erf(x) - expected)).toBeLessThan(1e-15);
  });

  test.each(ACTIVATION_NAMES)('gradient by differences, %s', (activation) => {
    const sizes = { T: 4, K: 5, N: 3 };
    const inputs = { x: normals(1, 20), weight: normals(2, 15), bias: normals(3, 3) };
    const forward = () => linearForward(inputs.x, inputs.weight, inputs.bias, sizes, activation);
    const dy = normals(4, 12);
    const { dx, dweight, dbias } = linearBackward(dy, inputs.x, inputs.weight, forward().z, sizes, activation);
    checkGradients(inputs, () => forward().y, dy, { x: dx, weight: dweight, bias: dbias });
  });

  test.each(['none', 'relu', 'tanh'] as const)('stock tfjs agrees, %s', async (activation) => {
    await setBackend('cpu');
    const stock = { none: (z: Tensor2D) => z, relu: (z: Tensor2D) => relu(z), tanh: (z: Tensor2D) => tanh(z) }[activation];
    const ours = linearCase(17, 24, 5, activation);
    const theirs: typeof ours = {
      ...ours,
      run: ({ x, weight, bias }) => stock(add(matMul(x as Tensor2D, weight as Tensor2D, false, true), bias as Tensor1D)),
    };
    expectAllClose('output', await runForward('cpu', ours), await runForward('cpu', theirs), TOLERANCES.stock);
  });

  test('wrong shapes are refused by name', () => {
    const x = tensor(new Float32Array(6), [2, 3]);
    const weight = tensor(new Float32Array(8), [4, 2]);
    const bias = tensor(new Float32Array(4), [4]);
    expect(() => linear(x, weight, bias)).toThrow('linear: weight must be [any, 3], is [4, 2]');
  });
});

describeBackends('linear', (backend) => {
  test.each([
    [1, 5, 3],
    [3, 24, 37],
    [17, 65, 24],
    [65, 24, 72],
    [127, 65, 130],
    [128, 64, 64],
  ])('%i tokens, %i to %i', async (T, K, N) => {
    await checkOp(backend, linearCase(T, K, N, 'none'));
  });

  test.each(ACTIVATION_NAMES)('with %s', async (activation) => {
    await checkOp(backend, linearCase(17, 24, 37, activation));
    await checkOp(backend, linearCase(65, 5, 65, activation));
  });

  test('activations far from 0', async () => {
    for (const activation of ACTIVATION_NAMES) {
      const opCase = linearCase(3, 1, 9, activation);
      const inputs = {
        x: { shape: [3, 1], values: Float64Array.of(1, -1, 20) },
        weight: { shape: [9, 1], values: Float64Array.of(-12, -6, -3, -0.5, 0.5, 3, 5, 6, 12) },
        bias: { shape: [9], values: new Float64Array(9) },
      };
      await checkOp(backend, { ...opCase, inputs });
    }
  });
});
