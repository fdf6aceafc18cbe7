import { engine, keep, scalar, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAllClose } from '../../testing/all-close.ts';
import { checkOp, runOp, type OpCase } from '../../testing/check-op.ts';
import { checkGradients } from '../../testing/gradient-check.ts';
import { integers, normals } from '../../testing/inputs.ts';
import { describeBackends } from '../../testing/node/backends.ts';
import { start as startCpu } from '../../testing/node/cpu.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import { crossEntropy, crossEntropyForward, unitGradient } from './cross-entropy.ts';

function lossCase(B: number, C: number, labelSmoothing: number, weighted: boolean): OpCase<'logits', 'labels' | 'classWeights'> {
  return {
    inputs: { logits: { shape: [B, C], values: normals(1, B * C, 2) } },
    constants: {
      labels: { shape: [B], values: integers(2, B, C) },
      classWeights: { shape: [C], values: normals(3, C).map((value) => 0.1 + Math.abs(value)) },
    },
    run: ({ logits }, { labels, classWeights }) =>
      crossEntropy(logits, labels, { labelSmoothing, ...(weighted && { classWeights }) }),
  };
}

describe('cross-entropy reference', () => {
  beforeAll(startCpu);

  test.each([
    [0, false],
    [0.1, false],
    [0, true],
    [0.2, true],
  ])('gradient by differences, smoothing %f, weights %s', (smoothing, weighted) => {
    const logits = normals(1, 15);
    const labels = Int32Array.of(0, 2, 1, 2, 2);
    const weights = weighted ? Float64Array.of(0.5, 1, 2) : undefined;
    const forward = () => crossEntropyForward(logits, labels, weights, smoothing);
    const loss = () => Float64Array.of(forward().loss);
    checkGradients({ logits }, loss, Float64Array.of(1), { logits: forward().dlogits });
  });

  test('by hand: two rows, two classes', () => {
    const { loss } = crossEntropyForward(Float64Array.of(0, Math.log(3), 0, 0), Int32Array.of(1, 0), undefined, 0);
    expect(loss).toBeCloseTo((Math.log(4 / 3) + Math.log(2)) / 2, 14);
  });
});

describeBackends('cross-entropy', (backend) => {
  test.each([
    [1, 2],
    [3, 5],
    [17, 3],
    [65, 24],
    [127, 130],
  ])('%i rows, %i classes', async (B, C) => {
    await checkOp(backend, lossCase(B, C, 0, false));
    await checkOp(backend, lossCase(B, C, 0.1, false));
    await checkOp(backend, lossCase(B, C, 0, true));
    await checkOp(backend, lossCase(B, C, 0.2, true));
  });

  test('very large logits', async () => {
    const opCase = lossCase(3, 5, 0, false);
    const values = normals(1, 15, 500);
    const { output } = await runOp(backend, { ...opCase, inputs: { logits: { shape: [3, 5], values } } });
    expect(output.every(Number.isFinite)).toBe(true);
    await checkOp(backend, { ...opCase, inputs: { logits: { shape: [3, 5], values } } });
  });

  test('the upstream gradient scales, and the unit gradient gives the same as none', async () => {
    const logits = tensor(Float32Array.from(normals(1, 15)), [5, 3]);
    const labels = tensor(Int32Array.of(0, 2, 1, 2, 2), [5], 'int32');
    const one = unitGradient();
    const plain = engine().gradients(() => crossEntropy(logits, labels), [logits]);
    const unit = engine().gradients(() => crossEntropy(logits, labels), [logits], one);
    const three = keep(scalar(3));
    const triple = engine().gradients(() => crossEntropy(logits, labels), [logits], three);
    const expected = await plain.grads[0]!.data();
    expectAllClose('unit', await unit.grads[0]!.data(), expected, TOLERANCES.exact);
    expectAllClose(
      'triple',
      await triple.grads[0]!.data(),
      Float32Array.from(expected, (value) => value * 3),
      TOLERANCES.kernel,
    );
    for (const each of [logits, labels, one, three, ...plain.grads, ...unit.grads, ...triple.grads]) each.dispose();
    for (const { value } of [plain, unit, triple]) value.dispose();
  });
});
