import { test } from 'vitest';
import { expectAllClose } from '../../testing/all-close.ts';
import { checkOp, runOp, type OpCase } from '../../testing/check-op.ts';
import { checkGradients } from '../../testing/gradient-check.ts';
import { normals } from '../../testing/inputs.ts';
import { describeBackends } from '../../testing/node/backends.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import { takeRows, takeRowsBackward, takeRowsForward } from './take-rows.ts';

function takeCase(T: number, H: number, rows: readonly number[]): OpCase<'x', 'rows'> {
  return {
    inputs: { x: { shape: [T, H], values: normals(1, T * H) } },
    constants: { rows: { shape: [rows.length], values: Int32Array.from(rows) } },
    run: ({ x }, constants) => takeRows(x, constants.rows),
  };
}

test('take-rows reference: gradient by differences', () => {
  const [x, dy] = [normals(1, 21), normals(2, 9)];
  const rows = Int32Array.of(5, 0, 3);
  checkGradients({ x }, () => takeRowsForward(x, rows, 3), dy, { x: takeRowsBackward(dy, rows, 7, 3) });
});

describeBackends('take-rows', (backend) => {
  test.each([
    [1, 5, [0]],
    [3, 24, [0, 2]],
    [17, 65, [16, 3, 5]],
    [65, 3, [64]],
    [127, 24, [0, 1, 64, 65, 126]],
  ])('of [%i, %i] the rows %j', async (T, H, rows) => {
    const opCase = takeCase(T, H, rows);
    await checkOp(backend, opCase, TOLERANCES.exact);
    const x = Float32Array.from(normals(1, T * H));
    const dy = Float32Array.from(normals(99, rows.length * H));
    const dx = new Float32Array(T * H);
    rows.forEach((row, i) => dx.set(dy.subarray(i * H, (i + 1) * H), row * H));
    const { output, gradients } = await runOp(backend, opCase);
    expectAllClose(
      'output',
      output,
      rows.flatMap((row) => [...x.subarray(row * H, (row + 1) * H)]),
      TOLERANCES.exact,
    );
    expectAllClose('dx', gradients['x']!, dx, TOLERANCES.exact);
  });
});
