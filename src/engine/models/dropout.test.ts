/** Where the families drop out, and how much: the rates that PyTorch meets in a training step, in the same order. */
import { engine, tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test, vi } from 'vitest';
import type { DropoutAttrs } from '../ops/contract.ts';
import { describeBackends } from '../testing/node/backends.ts';
import { openReference, REFERENCE_ROOTS, referenceBatch, referenceNames, type Reference } from '../testing/node/reference.ts';
import { disposeBatch, makeBatch } from './classifier.ts';
import { parseConfig } from './config.ts';
import { createClassifier } from './create-classifier.ts';
import { FAMILIES } from './families.ts';
import { readWeights } from './weights.ts';

/** The dropouts of one forward pass of training, or of evaluation, which has no generator. */
function metDropouts(
  { config, weights, results }: Reference,
  changes: Record<string, number>,
  pass: 'training' | 'evaluation',
): DropoutAttrs[] {
  const read = readWeights(parseConfig({ ...config, ...changes }), weights);
  const model = createClassifier(read, { classCount: read.classes!.length, keepClassifier: true, seed: 1 });
  const batch = makeBatch(referenceBatch(results, '', 0).packed, model);
  const rng = pass === 'training' ? tensor([1, 0, 0], [3], 'int32') : null;
  const spy = vi.spyOn(engine(), 'runKernel');
  tidy(() => model.logits(batch, rng));
  const met = spy.mock.calls.flatMap(([, , attrs]) => {
    const { dropout } = (attrs ?? {}) as { readonly dropout?: DropoutAttrs };
    return dropout && dropout.rate > 0 ? [dropout] : [];
  });
  spy.mockRestore();
  rng?.dispose();
  disposeBatch(batch);
  model.dispose();
  return met;
}

describeBackends('dropout', (backend) => {
  const names = new Set([...Object.keys(FAMILIES), ...REFERENCE_ROOTS.flatMap(referenceNames)]);
  describe.each([...names])('of %s', (family) => {
    const references = REFERENCE_ROOTS.flatMap((root) => openReference(root, family) ?? []).map((open) => open());
    const told = references.filter(({ record }) => record.dropout);

    test.skipIf(told.length === 0)("is where PyTorch's is, each in a stream of its own, and nowhere in evaluation", () => {
      for (const reference of told) {
        const { config, rates } = reference.record.dropout!;
        const met = metDropouts(reference, config, 'training');
        expect(met.map(({ rate }) => rate)).toEqual(rates);
        expect(new Set(met.map(({ stream }) => stream)).size).toBe(rates.length);
        // On WebGPU it is the same pass; only its shaders would take long.
        if (backend !== 'webgpu') expect(metDropouts(reference, config, 'evaluation')).toEqual([]);
      }
    });
  });
});
