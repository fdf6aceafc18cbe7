/** What the doctor says of a dataset: one finding a kind of trouble, in words, with the rows and what can be done about it. */
import type { ProblemText } from '../../lib/problem.ts';
import type { Mend } from '../mends.ts';
import type { RowReport } from '../table.ts';
import type { ColumnChoice, Notice } from '../types.ts';

export type FindingCode =
  | Notice['code']
  | 'empty-text'
  | 'empty-label'
  | 'split-values'
  | 'duplicates'
  | 'near-duplicates'
  | 'conflicting-labels'
  | 'leakage'
  | 'label-variants'
  | 'missing-value-labels'
  | 'label-in-text'
  | 'mixed-languages'
  | 'long-texts'
  | 'few-rows'
  | 'imbalance'
  | 'small-class'
  | 'single-row-class'
  | 'class-not-validated'
  | 'no-usable-rows'
  | 'one-class'
  | 'unique-labels'
  | 'too-many-classes';

/** A blocker stops training, a warning should be looked at, a hint is worth knowing. */
export type Severity = 'blocker' | 'warning' | 'hint';

/** What one click does about a finding. */
export type Remedy =
  | { readonly kind: 'mend'; readonly label: string; readonly mend: Mend }
  /** Changes a setting of the training, by its name among `TrainingArguments`. */
  | { readonly kind: 'setting'; readonly label: string; readonly name: 'class_weights' | 'max_length'; readonly value: string }
  | { readonly kind: 'columns'; readonly label: string; readonly choice: Partial<ColumnChoice> };

export interface FindingRow {
  /** Row number in the file as a spreadsheet counts it. */
  readonly row: number;
  readonly text: string;
  readonly label: string;
}

export interface Finding extends ProblemText {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** "Exact duplicates". */
  readonly title: string;
  /** How many rows it touches; bytes for `invalid-bytes`, classes for findings about classes. */
  readonly count: number;
  /** Row numbers in the file, the first `MOST_NUMBERS`. */
  readonly rows: readonly number[];
  /** Some of these rows, those that belong together beside each other. */
  readonly preview: readonly FindingRow[];
  readonly remedies: readonly Remedy[];
}

export const MOST_NUMBERS = 1000;
export const MOST_PREVIEW = 20;

type Words = Omit<Finding, 'rows' | 'preview' | 'remedies'>;

/** A finding without rows or remedies where none are given. */
export function finding(words: Words, more: Partial<Pick<Finding, 'rows' | 'preview' | 'remedies'>> = {}): Finding {
  return { rows: [], preview: [], remedies: [], ...words, ...more };
}

const NAMED_ROWS = 5;

/** "Rows 4, 9 and 3 more". */
export function rowNames({ first, count }: RowReport): string {
  const more = count - Math.min(NAMED_ROWS, first.length);
  const named = first.slice(0, NAMED_ROWS).map((row) => row.toLocaleString('en-US'));
  if (more > 0) return `Rows ${named.join(', ')} and ${more.toLocaleString('en-US')} more`;
  const last = named.pop() ?? '';
  return named.length > 0 ? `Rows ${named.join(', ')} and ${last}` : `Row ${last}`;
}

const NAMED_LABELS = 5;
const LABEL_CHARACTERS = 40;

/** `"good", "bad" and 3 more`. */
export function labelNames(labels: readonly string[]): string {
  const named = labels
    .slice(0, NAMED_LABELS)
    .map((label) => `"${label.length > LABEL_CHARACTERS ? `${label.slice(0, LABEL_CHARACTERS)}…` : label}"`);
  const more = labels.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en-US')} more` : ''}`;
}
