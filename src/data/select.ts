/** The usable rows under one choice of columns: their labels as classes. What cannot be trained on is a `Problem` here. */
import { plural } from '../lib/counts.ts';
import { Problem } from '../lib/problem.ts';
import type { Targets } from '../lib/targets.ts';
import { guessLabel, isBlank, MOST_CLASSES, nearlyUnique } from './columns.ts';
import type { RowReport, Table } from './table.ts';
import type { ColumnChoice, ColumnInfo } from './types.ts';

export interface Selection {
  /** Class names; a class's index is its place here. */
  readonly classes: readonly string[];
  /** Indices of the usable rows in the table, ascending. */
  readonly rows: Uint32Array<ArrayBuffer>;
  /** What the split is stratified by: the class index of each row. Several labels a row: its rarest one, `classes.length` where it has none. */
  readonly labels: Int32Array<ArrayBuffer>;
  /** What is learnt from. */
  readonly targets: Targets;
  readonly emptyText: RowReport;
  readonly emptyLabel: RowReport;
}

export const NAMED_ROWS = 5;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Numbers by their value where all labels are numbers, else by their characters. */
export function sortLabels(labels: readonly string[]): string[] {
  const byCharacters = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  if (!labels.every((label) => NUMBER.test(label.trim()))) return [...labels].sort(byCharacters);
  return [...labels].sort((a, b) => Number(a) - Number(b) || byCharacters(a, b));
}

function quoted(labels: readonly string[]): string {
  return labels.map((label) => `"${label.length > 40 ? `${label.slice(0, 40)}…` : label}"`).join(', ');
}

/** Throws `Problem` unless these are different columns of the table. */
export function checkChoice(table: Table, choice: ColumnChoice): void {
  const { text, secondText = null, label } = choice;
  const isColumn = (index: number): boolean => Number.isInteger(index) && index >= 0 && index < table.columns.length;
  const where = 'The choice of columns';
  if (!isColumn(text) || !isColumn(label)) {
    const found = `columns ${text + 1} and ${label + 1}`;
    throw new Problem({
      where,
      expected: `two of the ${table.columns.length} columns`,
      found,
      fix: 'Choose both columns again.',
    });
  }
  if (secondText !== null && (!isColumn(secondText) || secondText === text || secondText === label)) {
    throw new Problem({
      where: 'The second text column',
      expected: 'a column other than those of the text and the label, or none',
      found: isColumn(secondText) ? `"${table.names[secondText]}"` : `column ${secondText + 1}`,
      fix: 'Choose another second text column, or "none".',
    });
  }
  if (text === label) {
    const found = `"${table.names[text]}" for both`;
    throw new Problem({
      where,
      expected: 'one column of text and another of labels',
      found,
      fix: 'Choose another column for one of them.',
    });
  }
}

/** Throws `Problem` when the labels make no classes; it names a column that would. */
function checkClasses(
  table: Table,
  columns: readonly ColumnInfo[],
  choice: ColumnChoice,
  counts: ReadonlyMap<string, number>,
): void {
  let rows = 0;
  for (const count of counts.values()) rows += count;
  const where = `Column "${table.names[choice.label]}"`;
  const other = guessLabel(columns, table.rows, [choice.label, choice.text]) ?? guessLabel(columns, table.rows, [choice.label]);
  const fix = other
    ? `Choose another label column, perhaps "${other.name}" (${plural(other.distinct, 'class', 'classes')}).`
    : 'Choose another label column, or add one to the file: the class of each row, such as positive or negative.';
  const fail = (expected: string, found: string): never => {
    throw new Problem({ where, expected, found, fix });
  };
  const names = [...counts.keys()];
  if (rows === 0) {
    const found = `none in ${plural(table.rows, 'row')}: the text or the label is empty in each`;
    throw new Problem({
      where: `Columns "${table.names[choice.text]}" and "${table.names[choice.label]}"`,
      expected: 'rows with a text and a label',
      found,
      fix,
    });
  }
  if (names.length === 1) fail('labels of at least two classes', `one class, ${quoted(names)}, in ${plural(rows, 'row')}`);
  const ofRows = `${plural(names.length, 'different label')} in ${plural(rows, 'row')}`;
  const examples = `(${quoted(names.slice(0, 3))}, …)`;
  const again = 'labels that come again: a few classes with many rows each';
  if (names.length === rows) fail(again, `${ofRows}, every label only once ${examples}`);
  if (names.length > MOST_CLASSES) fail(`at most ${MOST_CLASSES} classes`, `${ofRows} ${examples}`);
  if (nearlyUnique(names.length, rows)) fail(again, `${ofRows} ${examples}`);
}

/** Throws `Problem`; says where, and which column would do. */
export function selectRows(table: Table, columns: readonly ColumnInfo[], choice: ColumnChoice): Selection {
  checkChoice(table, choice);
  const texts = table.columns[choice.text] ?? [];
  const values = table.columns[choice.label] ?? [];
  const reports = { emptyText: { first: [] as number[], count: 0 }, emptyLabel: { first: [] as number[], count: 0 } };
  const counts = new Map<string, number>();
  const usable = new Uint32Array(table.rows);
  let rows = 0;
  for (let r = 0; r < table.rows; r++) {
    const value = values[r] ?? '';
    const missing = isBlank(texts[r] ?? '') ? reports.emptyText : isBlank(value) ? reports.emptyLabel : null;
    if (missing) {
      if (missing.count++ < NAMED_ROWS) missing.first.push(table.rowNumbers[r] ?? 0);
      continue;
    }
    usable[rows++] = r;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  checkClasses(table, columns, choice, counts);
  const classes = sortLabels([...counts.keys()]);
  const index = new Map(classes.map((label, c) => [label, c]));
  const selected = usable.slice(0, rows);
  const labels = new Int32Array(rows);
  for (let i = 0; i < rows; i++) labels[i] = index.get(values[selected[i]!] ?? '') ?? 0;
  return { classes, rows: selected, labels, targets: { kind: 'single', labels }, ...reports };
}
