/** Every metric against scikit-learn's numbers: reference/metrics_fixture.py wrote them. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectAllClose } from '../testing/all-close.ts';
import { bootstrapMacroF1, percentile, type Interval } from './bootstrap.ts';
import { weightsOfClasses, weightsOfPositives } from './class-weights.ts';
import type { PrecisionRecallF1 } from './confusion-scores.ts';
import { evaluationMetrics } from './evaluation-metrics.ts';
import { binaryLogLoss, multiLabelScores, sigmoids } from './multi-label-metrics.ts';
import { argmaxRows, classificationMetrics, logLoss, softmaxRows } from './metrics.ts';

interface Case {
  readonly name: string;
  readonly classes: number;
  readonly labels: readonly number[];
  readonly logits: readonly number[];
  readonly accuracy: number;
  readonly perClass: readonly PrecisionRecallF1[];
  readonly macro: PrecisionRecallF1;
  readonly micro: PrecisionRecallF1;
  readonly weighted: PrecisionRecallF1;
  readonly confusion: readonly (readonly number[])[];
  readonly mcc: number;
  readonly rocAuc: number | null;
  readonly logLoss: number;
  readonly expectedCalibrationError: number;
  readonly macroF1Interval: Interval;
}

interface MultiLabelCase {
  readonly name: string;
  readonly classes: number;
  /** [rows, classes] */
  readonly flags: readonly number[];
  readonly logits: readonly number[];
  readonly accuracy: number;
  readonly hammingLoss: number;
  readonly perClass: readonly PrecisionRecallF1[];
  readonly macro: PrecisionRecallF1;
  readonly micro: PrecisionRecallF1;
  readonly weighted: PrecisionRecallF1;
  readonly samples: PrecisionRecallF1;
  readonly support: readonly number[];
  readonly rocAuc: number | null;
  readonly logLoss: number;
}

interface Fixture {
  readonly cases: readonly Case[];
  readonly multi_label: readonly MultiLabelCase[];
  readonly class_weights: readonly {
    readonly labels: readonly number[];
    readonly classes: number;
    readonly weights: readonly number[];
  }[];
  readonly percentiles: {
    readonly values: readonly number[];
    readonly shares: readonly number[];
    readonly expected: readonly number[];
  };
}

const path = new URL('../../../reference/fixtures/metrics.json', import.meta.url);
const fixture = JSON.parse(readFileSync(path, 'utf8')) as Fixture;

/** f64 against f64: only the order of additions differs. */
const ROUNDING = { relative: 1e-12, scale: 0, floor: 1e-13 };
/** scikit-learn clips probabilities at 2e-16 and takes the log of what softmax left over: near 1 only its absolute error is small. */
const CLIPPED = { relative: 1e-9, scale: 0, floor: 1e-13 };
/** 1,000 resamples against 2,000 others: an end of the interval wanders by about a twentieth of its width. */
const WANDERING = 0.035;

function numbers({ precision, recall, f1 }: PrecisionRecallF1): number[] {
  return [precision, recall, f1];
}

describe.each(fixture.cases)('$name', (expected) => {
  const { labels, logits, classes: C } = expected;
  const counted = classificationMetrics(labels, argmaxRows(logits, C), C);
  const metrics = evaluationMetrics(labels, softmaxRows(logits, C), counted.confusion);

  test('what the confusion matrix gives', () => {
    expect(counted.confusion).toEqual(expected.confusion);
    expect(metrics.support).toEqual(expected.confusion.map((row) => row.reduce((sum, count) => sum + count, 0)));
    for (const average of ['macro', 'micro', 'weighted'] as const) {
      expectAllClose(average, numbers(metrics[average]), numbers(expected[average]), ROUNDING);
    }
    expectAllClose('classes', metrics.perClass.flatMap(numbers), expected.perClass.flatMap(numbers), ROUNDING);
    const short = [counted.accuracy, counted.macroF1, metrics.mcc!, ...counted.perClassF1];
    const shortExpected = [expected.accuracy, expected.macro.f1, expected.mcc, ...expected.perClass.map(({ f1 }) => f1)];
    expectAllClose('accuracy, macro F1, MCC, F1', short, shortExpected, ROUNDING);
  });

  test('what the probabilities give', () => {
    if (expected.rocAuc === null) expect(metrics.rocAuc).toBeNull();
    else expectAllClose('ROC AUC', [metrics.rocAuc!], [expected.rocAuc], ROUNDING);
    expectAllClose('log loss', [logLoss(logits, labels, C)], [expected.logLoss], CLIPPED);
    const error = metrics.expectedCalibrationError!;
    expectAllClose('calibration error', [error], [expected.expectedCalibrationError], ROUNDING);
    expect(metrics.macroF1Interval).toBeNull();
  });

  test('the interval of macro F1: seeded, and where numpy finds it', async () => {
    const interval = await bootstrapMacroF1(counted.confusion, 1);
    expect(await bootstrapMacroF1(counted.confusion, 1)).toEqual(interval);
    const { low, high } = expected.macroF1Interval;
    expectAllClose('interval', [interval!.low, interval!.high], [low, high], { relative: 0, scale: 0, floor: WANDERING });
    expect(interval!.low).toBeLessThanOrEqual(counted.macroF1);
    expect(interval!.high).toBeGreaterThanOrEqual(counted.macroF1);
  });
});

describe.each(fixture.multi_label)('several labels: $name', (expected) => {
  const { flags, logits, classes: C } = expected;
  const { metrics, ...counted } = multiLabelScores(flags, sigmoids(logits), C);

  test('what the decisions give', () => {
    expect(metrics.support).toEqual(expected.support);
    const { samples, hammingLoss } = metrics.severalLabels!;
    const averages = [metrics.macro, metrics.micro, metrics.weighted, samples].flatMap(numbers);
    const { macro, micro, weighted } = expected;
    expectAllClose('averages', averages, [macro, micro, weighted, expected.samples].flatMap(numbers), ROUNDING);
    expectAllClose('classes', metrics.perClass.flatMap(numbers), expected.perClass.flatMap(numbers), ROUNDING);
    const short = [counted.accuracy, hammingLoss, counted.macroF1, ...counted.perClassF1];
    const f1 = expected.perClass.map((each) => each.f1);
    expectAllClose('short', short, [expected.accuracy, expected.hammingLoss, macro.f1, ...f1], ROUNDING);
  });

  test('what the probabilities give', () => {
    if (expected.rocAuc === null) expect(metrics.rocAuc).toBeNull();
    else expectAllClose('ROC AUC', [metrics.rocAuc!], [expected.rocAuc], ROUNDING);
    expectAllClose('log loss', [binaryLogLoss(logits, flags)], [expected.logLoss], CLIPPED);
    expect([metrics.mcc, metrics.expectedCalibrationError]).toEqual([null, null]);
  });
});

test('balanced weights of positives: rows without the class for each with it', () => {
  const targets = { kind: 'multi' as const, labels: Uint8Array.of(1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1) };
  expect(weightsOfPositives('balanced', targets, 4, 3)).toEqual(Float32Array.of(3, 1, 1));
  expect(weightsOfPositives([1, 2, 4], targets, 4, 3)).toEqual(Float32Array.of(1, 2, 4));
  expect(weightsOfPositives('none', targets, 4, 3)).toBeNull();
  expect(() => weightsOfPositives([1], targets, 4, 3)).toThrow(/^Setting class_weights: expected 3 weights/);
});

test('another seed gives another interval; no rows give none', async () => {
  const confusion = [
    [20, 7],
    [5, 18],
  ];
  expect(await bootstrapMacroF1(confusion, 2)).not.toEqual(await bootstrapMacroF1(confusion, 3));
  expect(await bootstrapMacroF1([[0]], 1)).toBeNull();
});

test("numpy's percentiles", () => {
  const { values, shares, expected } = fixture.percentiles;
  expectAllClose(
    'percentiles',
    shares.map((share) => percentile(values, share)),
    expected,
    ROUNDING,
  );
});

test("scikit-learn's balanced class weights, a list as it is, none for none", () => {
  for (const { labels, classes, weights } of fixture.class_weights) {
    const rounded = { relative: 1e-7, scale: 0, floor: 0 }; // ours are f32
    expectAllClose('weights', weightsOfClasses('balanced', labels, classes)!, weights, rounded);
  }
  expect(weightsOfClasses([2, 0.5], [0, 1], 2)).toEqual(Float32Array.of(2, 0.5));
  expect(weightsOfClasses('none', [0, 1], 2)).toBeNull();
  expect(() => weightsOfClasses([2, 0.5], [0, 1], 3)).toThrow(/^Setting class_weights: expected 3 weights.*found 2/);
});

test('probabilities that are no numbers are not taken for good ones', () => {
  const metrics = evaluationMetrics([0, 1], [NaN, NaN, 0.2, 0.8], [[1, 0], [0, 1]]); // prettier-ignore
  expect(metrics.rocAuc).toBeNull();
  expect(metrics.expectedCalibrationError).toBeNaN();
});
