import { tensor } from '@tensorflow/tfjs-core';
import { test } from 'vitest';
import { expectAllClose } from '../../testing/all-close.ts';
import { normals } from '../../testing/inputs.ts';
import { describeBackends } from '../../testing/node/backends.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import { globalNorm } from './global-norm.ts';

describeBackends('global-norm', (backend) => {
  test.each([
    [[[1]]],
    [[[3], [5, 7]]],
    [[[17, 65], [127], [24, 3], [1]]],
    [[[1000, 24], [384]]],
    [[[300, 300], [127]]],
    [Array.from({ length: 61 }, (_, i) => [i + 1, 5])],
  ])('over %j', async (shapes) => {
    const values = shapes.map((shape, i) =>
      Float32Array.from(
        normals(
          i,
          shape.reduce((a, b) => a * b, 1),
        ),
      ),
    );
    const tensors = values.map((value, i) => tensor(value, [...shapes[i]!]));
    const norm = globalNorm(tensors);
    const expected = Math.sqrt(values.reduce((sum, value) => sum + value.reduce((a, b) => a + b * b, 0), 0));
    expectAllClose(`norm on ${backend}`, await norm.data(), [expected], TOLERANCES.kernel);
    for (const each of [norm, ...tensors]) each.dispose();
  });
});
