import { beforeAll, describe, expect, test } from 'vitest';
import { checkOp, runOp, type OpCase } from '../../testing/check-op.ts';
import { checkGradients } from '../../testing/gradient-check.ts';
import { integers, normals } from '../../testing/inputs.ts';
import { describeBackends } from '../../testing/node/backends.ts';
import { start as startCpu } from '../../testing/node/cpu.ts';
import { binaryCrossEntropy, binaryCrossEntropyForward } from './binary-cross-entropy.ts';

type BinaryCase = OpCase<'logits', 'targets' | 'posWeights'>;

function binaryCase(B: number, C: number, weighted: boolean, deviation = 2): BinaryCase {
  return {
    inputs: { logits: { shape: [B, C], values: normals(1, B * C, deviation) } },
    constants: {
      targets: { shape: [B, C], values: Float32Array.from(integers(2, B * C, 2)) },
      posWeights: { shape: [C], values: normals(3, C).map((value) => 0.1 + Math.abs(value)) },
    },
    run: ({ logits }, { targets, posWeights }) => binaryCrossEntropy(logits, targets, weighted ? posWeights : undefined),
  };
}

describe('binary cross-entropy reference', () => {
  beforeAll(startCpu);

  test.each([false, true])('gradient by differences, weights %s', (weighted) => {
    const logits = normals(1, 15);
    const targets = Float64Array.of(0, 1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0.25, 0.5, 1);
    const weights = weighted ? Float64Array.of(0.5, 1, 3) : undefined;
    const forward = () => binaryCrossEntropyForward(logits, targets, weights);
    const loss = () => Float64Array.of(forward().loss);
    checkGradients({ logits }, loss, Float64Array.of(1), { logits: forward().dlogits });
  });

  test('by hand: one row, two classes, the first of which counts threefold', () => {
    const { loss } = binaryCrossEntropyForward(Float64Array.of(0, Math.log(3)), Float64Array.of(1, 0), Float64Array.of(3, 7));
    expect(loss).toBeCloseTo((3 * Math.log(2) + Math.log(4)) / 2, 14);
  });

  test('targets of another shape are refused by name', async () => {
    const { constants, ...rest } = binaryCase(3, 2, false);
    const targets = { shape: [3], values: new Float32Array(3) };
    const expected = 'binaryCrossEntropy: targets must be [3, 2], is [3]';
    await expect(runOp('cpu', { ...rest, constants: { ...constants, targets } })).rejects.toThrow(expected);
  });
});

describeBackends('binary cross-entropy', (backend) => {
  test.each([
    [1, 1],
    [3, 17],
    [17, 3],
    [65, 24],
    [127, 130],
  ])('%i rows, %i classes', async (B, C) => {
    await checkOp(backend, binaryCase(B, C, false));
    await checkOp(backend, binaryCase(B, C, true));
  });

  test('very large logits, and those of a model that is sure', async () => {
    for (const deviation of [500, 12]) {
      const opCase = binaryCase(3, 5, true, deviation);
      const { output } = await runOp(backend, opCase);
      expect(output.every(Number.isFinite)).toBe(true);
      await checkOp(backend, opCase);
    }
  });
});
