/** The model's answers for many rows, without dropout and without a tape. */
import { Problem } from '../../lib/problem.ts';
import type { ProblemType } from '../../lib/targets.ts';
import type { TokenRows } from '../../text/types.ts';
import type { Classifier } from '../models/classifier.ts';
import type { Evaluation, LabelledRows } from './arguments.ts';
import { evaluationMetrics, type EvaluationMetrics } from './evaluation-metrics.ts';
import { argmaxRows, classificationMetrics, logLoss, softmaxRows } from './metrics.ts';
import { binaryLogLoss, multiLabelScores, sigmoids, THRESHOLD } from './multi-label-metrics.ts';
import { readRows, type BatchRows, type ReadOptions } from './row-batches.ts';

/** Throws a `Problem` when a row has more tokens than the model has positions, or an id that its vocabulary has not. */
export function checkTokens(model: Classifier, rows: TokenRows): void {
  const fix = 'Use the tokenizer.json that belongs to this model, and a max_length that the model allows.';
  const outside = rows.ids.findIndex((id) => id < 0 || id >= model.vocabularySize);
  if (outside >= 0) {
    const expected = `token ids below the model's ${model.vocabularySize.toLocaleString('en-US')} words`;
    throw new Problem({ where: 'Tokenized text', expected, found: `the id ${rows.ids[outside]}`, fix });
  }
  for (let row = 0; row + 1 < rows.offsets.length; row++) {
    const length = rows.offsets[row + 1]! - rows.offsets[row]!;
    if (length < 1 || length > model.maxLength) {
      const expected = `1 to ${model.maxLength} tokens`;
      throw new Problem({ where: `Tokenized text, row ${row + 1}`, expected, found: `${length} tokens`, fix });
    }
  }
}

/** logits [rows, C], row after row. */
function readLogits(model: Classifier, rows: BatchRows, options: ReadOptions): Promise<Float32Array> {
  return readRows(model, rows, model.classCount, (batch) => model.logits(batch, null), options);
}

/**
 * Probabilities [rows, C] in f64, row after row: they add up to 1 in each row, or each class has its own where rows may have several
 * labels. Throws a `Problem` for rows that the model cannot take.
 */
export async function predict(
  model: Classifier,
  rows: TokenRows,
  options: ReadOptions & { readonly problemType?: ProblemType } = {},
): Promise<Float64Array> {
  checkTokens(model, rows);
  const logits = await readLogits(model, rows, options);
  return options.problemType === 'multi_label_classification' ? sigmoids(logits) : softmaxRows(logits, model.classCount);
}

/** What an evaluation measures, without its place in a run. */
export type Measured = Omit<Evaluation, 'step' | 'epoch'> & { readonly metrics: EvaluationMetrics };

/** Loss and metrics over labelled rows; at least one. `onPredictions` gets what each row is taken for, as `Targets` has its labels. */
export async function evaluate(
  model: Classifier,
  rows: LabelledRows & BatchRows,
  options: ReadOptions & { readonly onPredictions?: (predictions: ArrayLike<number>) => void } = {},
): Promise<Measured> {
  const { kind, labels } = rows.targets;
  const C = model.classCount;
  const logits = await readLogits(model, rows, options);
  if (kind === 'multi') {
    const probabilities = sigmoids(logits);
    options.onPredictions?.(probabilities.map((probability) => Number(probability >= THRESHOLD)));
    return { loss: binaryLogLoss(logits, labels), confusion: [], ...multiLabelScores(labels, probabilities, C) };
  }
  const predictions = argmaxRows(logits, C);
  options.onPredictions?.(predictions);
  const counted = classificationMetrics(labels, predictions, C);
  const metrics = evaluationMetrics(labels, softmaxRows(logits, C), counted.confusion);
  return { loss: logLoss(logits, labels, C), ...counted, metrics };
}
