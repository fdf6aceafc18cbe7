/**
 * What simple methods reach on the same split, so that people see what fine-tuning adds: always saying the commonest class, and TF-IDF with
 * logistic regression (scikit-learn's defaults).
 */
import { fitLogisticRegression } from './logistic-regression.ts';
import { fitVectorizer } from './tf-idf.ts';

/** The texts of a pair are one text here. */
export interface BaselineRows {
  readonly texts: readonly string[];
  /** Class index per text. */
  readonly labels: Int32Array;
}

export interface Scores {
  readonly accuracy: number;
  /** Mean of the classes' F1; a class that neither occurs nor is predicted counts 0. */
  readonly macroF1: number;
}

export interface Baseline {
  readonly majority: Scores;
  readonly logistic: Scores;
  /** Texts that the regression was trained on; fewer than there are in large datasets. */
  readonly trainedOn: number;
  readonly words: number;
}

const MOST_TEXTS = 20_000;
const MOST_WORDS = 50_000;

export function score(labels: Int32Array, predicted: Int32Array, classes: number): Scores {
  const hits = new Float64Array(classes);
  const actual = new Float64Array(classes);
  const said = new Float64Array(classes);
  for (let i = 0; i < labels.length; i++) {
    actual[labels[i]!]!++;
    said[predicted[i]!]!++;
    if (labels[i] === predicted[i]) hits[labels[i]!]!++;
  }
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const f1 = hits.map((hit, c) => (actual[c]! + said[c]! === 0 ? 0 : (2 * hit) / (actual[c]! + said[c]!)));
  return { accuracy: sum(hits) / labels.length, macroF1: sum(f1) / classes };
}

/** Every so many-th text, at most `MOST_TEXTS`. */
function thin({ texts, labels }: BaselineRows): BaselineRows {
  const step = Math.ceil(texts.length / MOST_TEXTS);
  if (step <= 1) return { texts, labels };
  return { texts: texts.filter((_, i) => i % step === 0), labels: labels.filter((_, i) => i % step === 0) };
}

/** `classes` ≥ 2. Null where a part has no rows. */
export async function computeBaseline(
  train: BaselineRows,
  validation: BaselineRows,
  classes: number,
  pause: () => Promise<void>,
): Promise<Baseline | null> {
  if (train.texts.length === 0 || validation.texts.length === 0) return null;
  const counts = new Array<number>(classes).fill(0);
  for (const label of train.labels) counts[label]!++;
  const commonest = counts.indexOf(Math.max(...counts));
  const majority = score(validation.labels, new Int32Array(validation.labels.length).fill(commonest), classes);
  const { texts, labels } = thin(train);
  const vectorizer = fitVectorizer(texts, MOST_WORDS);
  await pause();
  const model = await fitLogisticRegression(vectorizer.transform(texts), labels, classes, { pause });
  const predicted = model.predict(vectorizer.transform(validation.texts));
  return {
    majority,
    logistic: score(validation.labels, predicted, classes),
    trainedOn: texts.length,
    words: vectorizer.vocabulary.length,
  };
}
