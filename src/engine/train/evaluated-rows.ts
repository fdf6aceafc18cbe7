/** What an evaluation said of each row, so that two runs on the same rows can be compared row by row. */
import type { Targets } from '../../lib/targets.ts';

export interface EvaluatedRows {
  /** The evaluation's step. */
  readonly step: number;
  readonly classCount: number;
  /** As in `Targets`: a class index a row, or [rows * classes] of 0 and 1. */
  readonly kind: Targets['kind'];
  readonly labels: Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
  readonly predictions: Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
}

/** `values` in as few bytes as class indices below `classCount` need. */
function packClasses(values: ArrayLike<number>, classCount: number): EvaluatedRows['labels'] {
  return classCount <= 256 ? Uint8Array.from(values) : Uint16Array.from(values);
}

export function evaluatedRows(
  step: number,
  classCount: number,
  { kind, labels }: Targets,
  predictions: ArrayLike<number>,
): EvaluatedRows {
  return { step, classCount, kind, labels: packClasses(labels, classCount), predictions: packClasses(predictions, classCount) };
}
