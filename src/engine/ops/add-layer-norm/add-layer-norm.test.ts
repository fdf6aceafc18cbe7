import { add, div, mean, mul, sqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, test } from 'vitest';
import { expectAllClose } from '../../testing/all-close.ts';
import { checkOp, runForward, type OpCase } from '../../testing/check-op.ts';
import { checkGradients } from '../../testing/gradient-check.ts';
import { normals, rngOf } from '../../testing/inputs.ts';
import { describeBackends } from '../../testing/node/backends.ts';
import { start as startCpu } from '../../testing/node/cpu.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import { addLayerNorm, addLayerNormBackward, addLayerNormForward } from './add-layer-norm.ts';

type NormCase = OpCase<'x' | 'residual' | 'gamma' | 'beta', 'rng'>;

function normCase(T: number, H: number, rate: number, eps = 1e-12): NormCase {
  return {
    inputs: {
      x: { shape: [T, H], values: normals(1, T * H) },
      residual: { shape: [T, H], values: normals(2, T * H, 2) },
      gamma: { shape: [H], values: normals(3, H) },
      beta: { shape: [H], values: normals(4, H) },
    },
    constants: { rng: { shape: [3], values: rngOf(77, 1, 5) } },
    run: ({ x, residual, gamma, beta }, { rng }) =>
      addLayerNorm(x, residual, gamma, beta, rng, { eps, dropout: { rate, stream: 11 } }),
  };
}

function stockLayerNorm(s: Tensor, gamma: Tensor, beta: Tensor, eps: number): Tensor {
  const centred = sub(s, mean(s, -1, true)); // [T,H]
  return add(mul(div(centred, sqrt(add(mean(square(centred), -1, true), eps))), gamma), beta);
}

describe('add-layer-norm reference', () => {
  beforeAll(startCpu);

  test.each([0, 0.4])('gradient by differences, dropout %f', (rate) => {
    const setting = { T: 4, H: 5, dropout: { rate, stream: 2 }, rng: rngOf(8, 9, 3) };
    const inputs = { x: normals(1, 20), residual: normals(2, 20), gamma: normals(3, 5), beta: normals(4, 5) };
    const { x, residual, gamma, beta } = inputs;
    const forward = () => addLayerNormForward(x, residual, gamma, beta, 1e-5, setting);
    const dy = normals(5, 20);
    const { s, mean: average, rstd } = forward();
    const { ds, dx, dgamma, dbeta } = addLayerNormBackward(dy, { s, mean: average, rstd, gamma }, setting);
    checkGradients(inputs, () => forward().y, dy, { x: dx, residual: ds, gamma: dgamma, beta: dbeta });
  });

  test('stock tfjs agrees', async () => {
    const ours = normCase(17, 24, 0, 1e-5);
    const theirs: NormCase = {
      ...ours,
      run: ({ x, residual, gamma, beta }) => stockLayerNorm(add(x, residual), gamma, beta, 1e-5),
    };
    expectAllClose('output', await runForward('cpu', ours), await runForward('cpu', theirs), TOLERANCES.stock);
  });
});

describeBackends('add-layer-norm', (backend) => {
  test.each([
    [1, 5],
    [3, 24],
    [17, 65],
    [65, 384],
    [127, 24],
    [64, 768],
  ])('%i tokens, hidden %i', async (T, H) => {
    await checkOp(backend, normCase(T, H, 0));
  });

  test.each([0.1, 0.5])('with dropout %f', async (rate) => {
    await checkOp(backend, normCase(17, 65, rate));
    await checkOp(backend, normCase(65, 24, rate));
  });

  test('without a residual', async () => {
    for (const rate of [0, 0.2]) {
      const { inputs, constants } = normCase(17, 24, rate);
      const { x, gamma, beta } = inputs;
      const attrs = { eps: 1e-12, dropout: { rate, stream: 1 } };
      await checkOp(backend, {
        inputs: { x, gamma, beta },
        constants,
        run: (tensors, { rng }) => addLayerNorm(tensors.x, undefined, tensors.gamma, tensors.beta, rng, attrs),
      });
    }
  });
});
