/** Whether rows can be trained on and measured. */
import { Problem } from '../../lib/problem.ts';
import type { Classifier } from '../models/classifier.ts';
import type { LabelledRows } from './arguments.ts';
import { checkTokens } from './evaluate.ts';

/** Throws a `Problem` where a part has no rows, or one that the model cannot take. */
export function checkRows(model: Classifier, data: { readonly train: LabelledRows; readonly validation: LabelledRows }): void {
  for (const part of ['train', 'validation'] as const) {
    if (data[part].offsets.length < 2) throw noRows(part);
    checkTokens(model, data[part]);
  }
}

function noRows(part: 'train' | 'validation'): Problem {
  const fix = 'Use a file with more rows, or another share of validation rows.';
  return new Problem({
    where: part === 'train' ? 'Training rows' : 'Validation rows',
    expected: 'at least one row',
    found: 'none',
    fix,
  });
}
