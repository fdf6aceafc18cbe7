import { describe, expect, test } from 'vitest';
import { expectAllClose } from '../../testing/all-close.ts';
import { checkOp, runForward, runOp, type OpCase } from '../../testing/check-op.ts';
import { checkGradients } from '../../testing/gradient-check.ts';
import { normals, rngOf } from '../../testing/inputs.ts';
import { describeBackends } from '../../testing/node/backends.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import { dropout, dropoutForward } from './dropout.ts';
import { dropoutFactors } from './philox.ts';

function dropoutCase(shape: readonly number[], rate: number, rng: Int32Array, stream = 4): OpCase<'x', 'rng'> {
  const size = shape.reduce((product, side) => product * side, 1);
  return {
    inputs: { x: { shape, values: new Float64Array(size).fill(1) } },
    constants: { rng: { shape: [3], values: rng } },
    run: ({ x }, constants) => dropout(x, constants.rng, { rate, stream }),
  };
}

describe('dropout reference', () => {
  test('gradient by differences: itself on dy', () => {
    const [x, dy] = [normals(1, 33), normals(2, 33)];
    const attrs = { rate: 0.4, stream: 2 };
    const forward = () => dropoutForward(x, attrs, rngOf(5, 6, 7));
    expect(forward().some((value) => value === 0)).toBe(true);
    checkGradients({ x }, forward, dy, { x: dropoutForward(dy, attrs, rngOf(5, 6, 7)) });
  });
});

describeBackends('dropout', (backend) => {
  test.each([[[1]], [[3, 5]], [[17, 65]], [[127, 24]]])('shape %j, the bits of philox.ts', async (shape) => {
    const rng = rngOf(42, -7, 3);
    const opCase = dropoutCase(shape, 0.3, rng);
    const { output, gradients } = await runOp(backend, opCase);
    const factor = dropoutFactors({ rate: 0.3, stream: 4 }, () => rng);
    expectAllClose(
      'output',
      output,
      output.map((_, element) => factor(element, 0)),
      TOLERANCES.exact,
    );
    const dy = Float32Array.from(normals(99, output.length));
    expectAllClose(
      'dx',
      gradients['x']!,
      dy.map((value, element) => value * factor(element, 0)),
      TOLERANCES.exact,
    );
    await checkOp(backend, opCase, TOLERANCES.exact);
  });

  test('drops at its rate and keeps the mean', async () => {
    const { output } = await runOp(backend, dropoutCase([100, 400], 0.1, rngOf(1, 2, 3)));
    const dropped = output.filter((value) => value === 0).length / output.length;
    expect(Math.abs(dropped - 0.1)).toBeLessThan(0.006); // 4 standard deviations of 40,000 draws
    expect(Math.abs(output.reduce((sum, value) => sum + value, 0) / output.length - 1)).toBeLessThan(0.007);
  });

  test('the same again for the same seed, another for another seed, stream or step', async () => {
    const draw = async (rng: Int32Array, stream: number) =>
      (await runOp(backend, dropoutCase([17, 65], 0.5, rng, stream))).output;
    const first = await draw(rngOf(1, 2, 3), 4);
    expect(await draw(rngOf(1, 2, 3), 4)).toEqual(first);
    for (const [rng, stream] of [
      [rngOf(2, 2, 3), 4],
      [rngOf(1, 3, 3), 4],
      [rngOf(1, 2, 4), 4],
      [rngOf(1, 2, 3), 5],
    ] as const) {
      const values = await draw(rng, stream);
      const same = values.filter((value, i) => value === first[i]).length / first.length;
      expect(Math.abs(same - 0.5)).toBeLessThan(0.07);
    }
  });

  test('rate 0 changes nothing', async () => {
    const output = await runForward(backend, dropoutCase([3, 5], 0, rngOf(1, 2, 3)));
    expect([...output]).toEqual(new Array(15).fill(1));
  });

  test('a rate of 1 is refused', async () => {
    await expect(runOp(backend, dropoutCase([3], 1, rngOf(1, 2, 3)))).rejects.toThrow('rate must be in [0, 1), is 1');
  });
});
