/**
 * The usable rows under one choice of columns: those with a text and a label, and their labels as classes. Where a row may have several
 * labels a class is the set of them, and none is one too.
 */
import { Problem } from '../lib/problem.ts';
import { isBlank } from './blank.ts';
import { labelColumns } from './columns.ts';
import { MOST_NUMBERS } from './doctor/finding.ts';
import type { RowReport, Table } from './table.ts';
import { labelValues } from './several-labels.ts';
import type { ColumnChoice, LabelSeparator } from './types.ts';

export interface Selection {
  /** Where a class is a set of labels: what stands between them in its name (several-labels.ts). Else null. */
  readonly separator: LabelSeparator | null;
  /** Class names; a class's index is its place here. */
  readonly classes: readonly string[];
  /** Indices of the usable rows in the table, ascending, and the class index of each. */
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
  readonly emptyText: RowReport;
  readonly emptyLabel: RowReport;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Numbers by their value where all labels are numbers, else by their characters. */
export function sortLabels(labels: readonly string[]): string[] {
  const byCharacters = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  if (!labels.every((label) => NUMBER.test(label.trim()))) return [...labels].sort(byCharacters);
  return [...labels].sort((a, b) => Number(a) - Number(b) || byCharacters(a, b));
}

function checkChoice(table: Table, choice: ColumnChoice): void {
  const { text, secondText = null, split, group } = choice;
  const labels = labelColumns(choice);
  const isColumn = (index: number): boolean => Number.isInteger(index) && index >= 0 && index < table.columns.length;
  const where = 'The choice of columns';
  const wrong = [text, ...labels, split, group].find((index) => index != null && !isColumn(index));
  if (wrong !== undefined) {
    throw new Problem({
      where,
      expected: `some of the ${table.columns.length} columns`,
      found: `column ${Number(wrong) + 1}`,
      fix: 'Choose the columns again.',
    });
  }
  if (secondText !== null && (!isColumn(secondText) || secondText === text || labels.includes(secondText))) {
    throw new Problem({
      where: 'The second text column',
      expected: 'a column other than those of the text and the label, or none',
      found: isColumn(secondText) ? `"${table.names[secondText]}"` : `column ${secondText + 1}`,
      fix: 'Choose another second text column, or "none".',
    });
  }
  if (labels.includes(text)) {
    const found = `"${table.names[text]}" for both`;
    throw new Problem({
      where,
      expected: 'one column of text and another of labels',
      found,
      fix: 'Choose another column for one of them.',
    });
  }
}

/** Throws `Problem` for a choice that the table has not. Whether its labels make classes is for doctor/blockers.ts to say. */
export function selectRows(table: Table, choice: ColumnChoice): Selection {
  checkChoice(table, choice);
  const texts = table.columns[choice.text] ?? [];
  const { separator, values } = labelValues(table, choice);
  const reports = { emptyText: { first: [] as number[], count: 0 }, emptyLabel: { first: [] as number[], count: 0 } };
  const found = new Set<string>();
  const usable = new Uint32Array(table.rows);
  let rows = 0;
  for (let r = 0; r < table.rows; r++) {
    const value = values[r] ?? null;
    const noText = isBlank(texts[r] ?? '');
    if (noText || value === null) {
      const missing = noText ? reports.emptyText : reports.emptyLabel;
      if (missing.count++ < MOST_NUMBERS) missing.first.push(table.rowNumbers[r] ?? 0);
      continue;
    }
    usable[rows++] = r;
    found.add(value);
  }
  const classes = sortLabels([...found]);
  const index = new Map(classes.map((label, c) => [label, c]));
  const selected = usable.slice(0, rows);
  const labels = new Int32Array(rows);
  for (let i = 0; i < rows; i++) labels[i] = index.get(values[selected[i]!] ?? '') ?? 0;
  return { separator, classes, rows: selected, labels, ...reports };
}
