import { describe, expect, test } from 'vitest';
import { expectAllClose } from '../testing/all-close.ts';
import { argmaxRows, classificationMetrics, logLoss, softmaxRows } from './metrics.ts';

/** Numbers of scikit-learn 1.9.1: accuracy_score, f1_score(average=None and 'macro', zero_division=0), confusion_matrix, log_loss. */
describe('as scikit-learn', () => {
  test.each([
    {
      labels: [0, 1, 2, 2, 1, 0, 2, 1, 0, 0],
      predictions: [0, 2, 2, 2, 1, 1, 2, 1, 0, 2],
      accuracy: 0.7,
      perClassF1: [0.6666666666666666, 0.6666666666666666, 0.75],
      macroF1: 0.6944444444444443,
      confusion: [
        [2, 1, 1],
        [0, 2, 1],
        [0, 0, 3],
      ],
    },
    {
      labels: [0, 1, 1, 3, 3, 3],
      predictions: [0, 1, 3, 3, 3, 1],
      accuracy: 0.6666666666666666,
      perClassF1: [1, 0.5, 0, 0.6666666666666666],
      macroF1: 0.5416666666666666,
      confusion: [
        [1, 0, 0, 0],
        [0, 1, 0, 1],
        [0, 0, 0, 0],
        [0, 1, 0, 2],
      ],
    },
    {
      labels: [0, 0, 0],
      predictions: [1, 1, 1],
      accuracy: 0,
      perClassF1: [0, 0],
      macroF1: 0,
      confusion: [
        [0, 3],
        [0, 0],
      ],
    },
  ])('labels $labels, predictions $predictions', ({ labels, predictions, accuracy, perClassF1, macroF1, confusion }) => {
    const metrics = classificationMetrics(labels, predictions, confusion.length);
    expect(metrics.confusion).toEqual(confusion);
    expect(metrics.accuracy).toBeCloseTo(accuracy, 15);
    expect(metrics.macroF1).toBeCloseTo(macroF1, 15);
    metrics.perClassF1.forEach((f1, c) => expect(f1).toBeCloseTo(perClassF1[c]!, 15));
  });

  const logits = [2, -1, 0.5, 0, 0, 0, -3, 4, 1, 10, -20, 5];

  test('log loss and softmax', () => {
    expect(logLoss(logits, [0, 2, 1, 2], 3)).toBeCloseTo(1.599023635877531, 12);
    const expected = [0.7855970345892759, 0.039112573270687456, 0.1752903921400367, 1 / 3, 1 / 3, 1 / 3];
    expected.push(0.0008678812948896054, 0.9517474055557683, 0.04738471314934217);
    expected.push(0.993307149075623, 9.294993793303202e-14, 0.006692850924284234);
    expectAllClose('softmax', softmaxRows(logits, 3), expected, { relative: 1e-12, scale: 0, floor: 0 });
  });

  test('argmax takes the first of equals', () => {
    expect([...argmaxRows(logits, 3)]).toEqual([0, 0, 1, 0]);
  });
});

test('log loss of hopeless rows is finite', () => {
  expect(logLoss([1000, -1000], [1], 2)).toBe(2000);
});
