/** Against scikit-learn, whose numbers reference/baseline_fixture.py wrote. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { computeBaseline, score } from './baseline.ts';
import { minimise } from './l-bfgs.ts';
import { fitLogisticRegression } from './logistic-regression.ts';
import { fitVectorizer } from './tf-idf.ts';

interface Case {
  readonly classes: number;
  readonly texts: readonly string[];
  readonly labels: readonly number[];
  readonly trainRows: number;
  readonly vocabulary: readonly string[];
  readonly idf: readonly number[];
  readonly weights: readonly (readonly number[])[];
  readonly intercepts: readonly number[];
  readonly predicted: readonly number[];
  readonly accuracy: number;
  readonly macroF1: number;
}

const url = new URL('../../../reference/fixtures/baseline/baseline.json', import.meta.url);
const cases = JSON.parse(readFileSync(url, 'utf8')) as readonly Case[];
const now = (): Promise<void> => Promise.resolve();
/** Both solvers stop a little before the optimum; scikit-learn's was told to go on to 1e-8. */
const COEFFICIENT = 2e-2;

describe.each(cases)('$classes classes, as scikit-learn', (fixture) => {
  const { classes, texts, labels, trainRows } = fixture;
  const train = { texts: texts.slice(0, trainRows), labels: Int32Array.from(labels.slice(0, trainRows)) };
  const held = { texts: texts.slice(trainRows), labels: Int32Array.from(labels.slice(trainRows)) };

  it('has the same words and idf', () => {
    const { vocabulary, idf } = fitVectorizer(train.texts, 1e6);
    expect(vocabulary).toEqual(fixture.vocabulary);
    idf.forEach((value, c) => expect(Math.abs(value - (fixture.idf[c] ?? NaN))).toBeLessThan(1e-12));
  });

  it('has the same coefficients, predictions and scores', async () => {
    const vectorizer = fitVectorizer(train.texts, 1e6);
    const model = await fitLogisticRegression(vectorizer.transform(train.texts), train.labels, classes, { pause: now });
    expect(model.converged).toBe(true);
    fixture.weights.flat().forEach((weight, i) => expect(Math.abs(weight - (model.weights[i] ?? NaN))).toBeLessThan(COEFFICIENT));
    // Scikit-learn's intercepts of several classes are free up to a constant; their differences are not.
    const centred = (values: readonly number[]): number[] => {
      const mean = values.length === 1 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
      return values.map((value) => value - mean);
    };
    const wanted = centred(fixture.intercepts);
    centred([...model.intercepts]).forEach((value, k) => expect(Math.abs(value - (wanted[k] ?? NaN))).toBeLessThan(COEFFICIENT));
    expect([...model.predict(vectorizer.transform(held.texts))]).toEqual(fixture.predicted);
    const baseline = await computeBaseline(train, held, classes, now);
    expect(baseline?.logistic.accuracy).toBeCloseTo(fixture.accuracy, 12);
    expect(baseline?.logistic.macroF1).toBeCloseTo(fixture.macroF1, 12);
    expect(baseline?.majority.accuracy).toBeGreaterThan(0);
  });
});

describe('parts of the baseline', () => {
  it('finds the minimum of a badly scaled bowl', async () => {
    const bowl = (x: Float64Array, gradient: Float64Array): number => {
      let value = 0;
      x.forEach((each, i) => {
        const scale = 10 ** (i % 4);
        value += (scale * (each - i) ** 2) / 2;
        gradient[i] = scale * (each - i);
      });
      return value;
    };
    const { x, converged } = await minimise(bowl, 9, { tolerance: 1e-9, iterations: 200 }, now);
    expect(converged).toBe(true);
    x.forEach((each, i) => expect(Math.abs(each - i)).toBeLessThan(1e-8));
  });

  it('scores as the definitions say', () => {
    const { accuracy, macroF1 } = score(Int32Array.of(0, 0, 1, 2), Int32Array.of(0, 1, 1, 1), 3);
    expect(accuracy).toBe(0.5);
    expect(macroF1).toBeCloseTo((2 / 3 + 0.5 + 0) / 3, 12);
  });

  it('is nothing without rows to measure with', async () => {
    const none = { texts: [], labels: new Int32Array(0) };
    expect(await computeBaseline({ texts: ['a b'], labels: Int32Array.of(0) }, none, 2, now)).toBeNull();
  });
});
