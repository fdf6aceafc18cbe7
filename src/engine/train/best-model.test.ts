import { keep, memory, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { describeBackends } from '../testing/node/backends.ts';
import { completeArguments, type Evaluation } from './arguments.ts';
import { createBestModel, createEarlyStopping } from './best-model.ts';
import { createAdamW } from './optimizer.ts';
import { replaceValues } from './replace-values.ts';

const BASE: Evaluation = { step: 1, epoch: 1, loss: 1, accuracy: 0, macroF1: 0, perClassF1: [], confusion: [] };

describe('early stopping', () => {
  const stopsAt = (values: readonly number[], patience: number, threshold = 0): number => {
    const { isInVain } = createEarlyStopping(
      completeArguments({ early_stopping_patience: patience, early_stopping_threshold: threshold }),
    );
    return values.findIndex((macroF1) => isInVain({ ...BASE, macroF1 }));
  };

  test.each([
    [[0.5, 0.6, 0.6, 0.6, 0.7], 2, 0, 3],
    [[0.5, 0.6, 0.55, 0.61, 0.6, 0.6], 2, 0, 5],
    [[0.5, 0.505, 0.52, 0.52, 0.52], 2, 0.01, 4],
    [[0.5, 0.505, 0.509, 0.6], 2, 0.01, 2],
    [[0.5, 0.4, 0.3], 0, 0, -1],
    [[NaN, NaN], 2, 0, 1],
  ])('macro F1 %j, patience %i, threshold %f', (values, patience, threshold, expected) => {
    expect(stopsAt(values, patience, threshold)).toBe(expected);
  });

  test('a loss is better when it is less', () => {
    const { isInVain } = createEarlyStopping(completeArguments({ early_stopping_patience: 1, metric_for_best_model: 'loss' }));
    expect([1, 0.8, 0.9].map((loss) => isInVain({ ...BASE, loss }))).toEqual([false, false, true]);
  });
});

describeBackends('the best model', () => {
  test('keeps the weights of the first best evaluation and puts them back', async () => {
    const before = memory().numTensors;
    const parameter = { name: 'p', tensor: keep(tensor(Float32Array.of(1, 2, 3, 4), [2, 2])), decay: true };
    const optimizer = createAdamW([parameter], { weightDecay: 0, maxGradNorm: 0 });
    const gradient = tensor([1, 1, 1, 1], [2, 2]);
    const train = (): void => optimizer.step([gradient], 0.5).dispose();
    const values = async (): Promise<number[]> => [...(await parameter.tensor.data<'float32'>())];
    const best = createBestModel([parameter], 'accuracy');
    best.restore();
    expect(await values()).toEqual([1, 2, 3, 4]);

    const seen: number[][] = [];
    for (const [step, accuracy] of [NaN, 0.5, 0.8, 0.8, 0.7].entries()) {
      train();
      seen.push(await values());
      await best.offer({ ...BASE, step, accuracy });
    }
    expect(best.evaluation).toMatchObject({ step: 2, accuracy: 0.8 });
    const { numTensors, numDataBuffers, numBytes } = memory();
    best.restore();
    expect(memory()).toMatchObject({ numTensors, numDataBuffers, numBytes });
    expect(await values()).toEqual(seen[2]);

    train();
    expect(await values()).not.toEqual(seen[2]);
    best.restore();
    expect(await values()).toEqual(seen[2]);
    optimizer.dispose();
    for (const each of [parameter.tensor, gradient]) each.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('values that are replaced are a copy', async () => {
    const target = keep(tensor([1, 2]));
    const values = Float32Array.of(5, 6);
    replaceValues(target, values);
    values.fill(0);
    expect([...(await target.data())]).toEqual([5, 6]);
    target.dispose();
  });
});
