import { describe, expect, test } from 'vitest';
import { expectAllClose } from '../../testing/all-close.ts';
import { checkOp, runOp, type OpCase } from '../../testing/check-op.ts';
import { checkGradients } from '../../testing/gradient-check.ts';
import { normals } from '../../testing/inputs.ts';
import { describeBackends } from '../../testing/node/backends.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import type { MoveColumnsAttrs } from '../contract.ts';
import { moveColumns, moveColumnsForward } from './move-columns.ts';

function moveCase(T: number, W: number, move: MoveColumnsAttrs): OpCase<'x', never> {
  return { inputs: { x: { shape: [T, W], values: normals(1, T * W) } }, constants: {}, run: ({ x }) => moveColumns(x, move) };
}

describe('moving columns', () => {
  test('by hand', () => {
    const y = moveColumnsForward(Float64Array.of(1, 2, 3, 4, 5, 6), 2, { from: 1, to: 2, count: 2, width: 5 });
    expect([...y]).toEqual([0, 0, 2, 3, 0, 0, 0, 5, 6, 0]);
  });

  test('gradient by differences: the move back', () => {
    const [x, dy] = [normals(1, 12), normals(2, 15)];
    const move = { from: 1, to: 0, count: 3, width: 5 };
    const dx = moveColumnsForward(dy, 3, { from: 0, to: 1, count: 3, width: 4 });
    checkGradients({ x }, () => moveColumnsForward(x, 3, move), dy, { x: dx });
  });
});

describeBackends('moving columns', (backend) => {
  test.each<[number, number, MoveColumnsAttrs]>([
    [1, 3, { from: 0, to: 0, count: 1, width: 1 }],
    [3, 17, { from: 2, to: 1, count: 3, width: 127 }],
    [17, 65, { from: 5, to: 0, count: 60, width: 60 }],
    [127, 24, { from: 0, to: 24, count: 24, width: 72 }],
    [65, 72, { from: 24, to: 24, count: 24, width: 72 }],
  ])('of [%i, %i]: %j', async (T, W, move) => {
    await checkOp(backend, moveCase(T, W, move), TOLERANCES.exact);
    const { output } = await runOp(backend, moveCase(T, W, move));
    const x = Float32Array.from(normals(1, T * W));
    expectAllClose('output', output, moveColumnsForward(x, T, move), TOLERANCES.exact);
  });

  test('columns that are not there are refused', async () => {
    const opCase = moveCase(3, 4, { from: 2, to: 0, count: 3, width: 5 });
    await expect(runOp(backend, opCase)).rejects.toThrow('moveColumns: 3 columns from 2 of 4 to 0 of 5');
  });
});
