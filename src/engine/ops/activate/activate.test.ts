import { test } from 'vitest';
import { checkOp, type OpCase } from '../../testing/check-op.ts';
import { normals } from '../../testing/inputs.ts';
import { describeBackends } from '../../testing/node/backends.ts';
import type { Activation } from '../contract.ts';
import { activate } from './activate.ts';

function activateCase(shape: readonly number[], activation: Activation): OpCase<'z', never> {
  const size = shape.reduce((product, side) => product * side, 1);
  return { inputs: { z: { shape, values: normals(1, size, 2) } }, constants: {}, run: ({ z }) => activate(z, activation) };
}

// Gradients by differences are linear.test.ts's: the formulas are the same.
describeBackends('an activation by itself', (backend) => {
  test.each<Activation>(['gelu', 'gelu_new', 'relu', 'tanh', 'silu', 'quick_gelu', 'mish'])('%s', async (activation) => {
    for (const shape of [[1], [3, 5], [17, 65], [127, 24]]) await checkOp(backend, activateCase(shape, activation));
  });
});
