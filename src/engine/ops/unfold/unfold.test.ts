import { describe, expect, test } from 'vitest';
import { checkOp, runOp, type OpCase } from '../../testing/check-op.ts';
import { checkGradients } from '../../testing/gradient-check.ts';
import { normals, offsetsOf } from '../../testing/inputs.ts';
import { describeBackends } from '../../testing/node/backends.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import { unfold, unfoldBackward, unfoldForward } from './unfold.ts';

function unfoldCase(lengths: readonly number[], H: number, size: number, extra = 0): OpCase<'x', 'offsets'> {
  const T = lengths.reduce((sum, length) => sum + length, extra);
  return {
    inputs: { x: { shape: [T, H], values: normals(1, T * H) } },
    constants: { offsets: { shape: [lengths.length + 1], values: offsetsOf(lengths) } },
    run: ({ x }, { offsets }) => unfold(x, offsets, size),
  };
}

describe('unfold', () => {
  test('by hand: two rows and a token of none', () => {
    const y = unfoldForward(Float64Array.of(1, 2, 3, 4), Int32Array.of(0, 2, 3), 1, 3);
    expect([...y]).toEqual([0, 1, 2, 1, 2, 0, 0, 3, 0, 0, 0, 0]);
  });

  test.each([1, 3, 5])('gradient by differences, size %i', (size) => {
    const offsets = offsetsOf([4, 1, 2]);
    const [x, dy] = [normals(1, 24), normals(2, 24 * size)];
    const dx = unfoldBackward(dy, offsets, 3, size);
    checkGradients({ x }, () => unfoldForward(x, offsets, 3, size), dy, { x: dx });
  });
});

describeBackends('unfold', (backend) => {
  test.each<[readonly number[], number, number, number]>([
    [[1], 1, 3, 0],
    [[3, 1, 17], 5, 3, 3],
    [[65], 24, 5, 0],
    [[127, 2], 17, 3, 63],
  ])('rows of %j tokens, hidden %i, size %i, %i tokens of no row', async (lengths, H, size, extra) => {
    await checkOp(backend, unfoldCase(lengths, H, size, extra), TOLERANCES.kernel);
  });

  test('an even size is refused', async () => {
    await expect(runOp(backend, unfoldCase([3], 2, 2))).rejects.toThrow('unfold: size must be odd, is 2');
  });
});
