/**
 * Rows with several labels, or none: a label column that names them, "billing; refund", by a separator that is the person's choice, never
 * guessed; or columns of 0 and 1, one a label. To the selection, its mends and the doctor a class is then a set of labels; the labels
 * themselves become classes only here, at the end.
 */
import type { Targets } from '../lib/targets.ts';
import type { Selection } from './select.ts';
import { Problem } from '../lib/problem.ts';
import { isBlank } from './blank.ts';
import { MISSING, readFlags, SET } from './flag-columns.ts';
import type { Table } from './table.ts';
import type { ColumnChoice, LabelSeparator } from './types.ts';

/** The labels of a cell, each once, without the spaces around them; none of an empty cell. */
export function splitLabels(cell: string, separator: LabelSeparator): readonly string[] {
  const labels = cell.split(separator).map((label) => label.trim());
  return [...new Set(labels.filter((label) => label !== ''))];
}

/** The set of a cell's labels as one word: the same for "a; b" and "b;a", empty for none. */
export function labelSet(cell: string, separator: LabelSeparator): string {
  return [...splitLabels(cell, separator)].sort().join(separator);
}

export interface LabelValues {
  /** Where the values are sets of labels: what stands between them. */
  readonly separator: LabelSeparator | null;
  /** Per row the label or the set of labels, null where it is missing. */
  readonly values: readonly (string | null)[];
}

/** What each row of the table is labelled with. Throws `Problem` for columns of flags that say other things than yes and no. */
export function labelValues(table: Table, choice: ColumnChoice): LabelValues {
  const { label, labels = null, separator = null } = choice;
  if (labels) return flaggedLabels(table, labels);
  const cells = table.columns[label] ?? [];
  if (separator === null) return { separator, values: cells.map((cell) => (isBlank(cell) ? null : cell)) };
  return { separator, values: cells.map((cell) => labelSet(cell, separator)) };
}

const SEPARATORS: readonly LabelSeparator[] = [';', '|', ','];

function flaggedLabels(table: Table, labels: readonly number[]): LabelValues {
  const names = labels.map((index) => table.names[index] ?? '');
  const separator = SEPARATORS.find((each) => !names.some((name) => name.includes(each)));
  if (separator === undefined || new Set(names).size < names.length) {
    throw new Problem({
      where: 'The label columns',
      expected: 'names that tell them apart, without ";", "|" and ","',
      found: names.map((name) => `"${name}"`).join(', '),
      fix: 'Give the columns other names in the file, or choose others.',
    });
  }
  const columns = labels.map((index, place) => flagsOf(table, index, names[place] ?? ''));
  const sets = new Map<string, string>();
  const values = Array.from({ length: table.rows }, (_, r) => {
    let key = '';
    for (const flags of columns) key += String(flags[r]);
    if (key.includes(String(MISSING))) return null;
    const known = sets.get(key);
    if (known !== undefined) return known;
    const set = names.filter((_name, place) => columns[place]?.[r] === SET).sort();
    sets.set(key, set.join(separator));
    return set.join(separator);
  });
  return { separator, values };
}

function flagsOf(table: Table, index: number, name: string): Uint8Array {
  const cells = table.columns[index] ?? [];
  const flags = readFlags(cells);
  if (flags) return flags.values;
  const row = cells.findIndex((cell) => !isBlank(cell) && readFlags([cell]) === null);
  throw new Problem({
    where: `Column "${name}"`,
    expected: 'only 0 and 1, true and false, or yes and no, in each of several label columns',
    found:
      row < 0 ? 'not the same of these in all rows' : `"${(cells[row] ?? '').slice(0, 40)}" in row ${table.rowNumbers[row] ?? 0}`,
    fix: 'Choose other columns, or one label column.',
  });
}

export interface SelectedLabels {
  /** Names; a label's index is its place here. */
  readonly labels: readonly string[];
  /** Label indices of each class of the selection: itself, or those of a set. */
  readonly ofClass: readonly (readonly number[])[];
}

/** What the rows of a selection are labelled with: its classes, or the labels in their sets. `sort` orders names. */
export function labelsOf({ classes, separator }: Selection, sort: (labels: readonly string[]) => string[]): SelectedLabels {
  if (separator === null) return { labels: classes, ofClass: classes.map((_, c) => [c]) };
  const sets = classes.map((set) => splitLabels(set, separator));
  const labels = sort([...new Set(sets.flat())]);
  const index = new Map(labels.map((label, l) => [label, l]));
  return { labels, ofClass: sets.map((set) => set.map((label) => index.get(label) ?? 0)) };
}

/** The targets of the rows for which `isKept` holds. */
export function targetsOf(selection: Selection, { labels, ofClass }: SelectedLabels, isKept: (i: number) => boolean): Targets {
  const kept = selection.labels.filter((_, i) => isKept(i));
  if (selection.separator === null) return { kind: 'single', labels: kept };
  const flags = new Uint8Array(kept.length * labels.length);
  kept.forEach((c, i) => {
    for (const label of ofClass[c] ?? []) flags[i * labels.length + label] = 1;
  });
  return { kind: 'multi', labels: flags };
}

/**
 * What a split is stratified by: the class of each row; where classes are sets, the rarest of the row's labels, or a stratum of its own
 * for rows without any.
 */
export function strataOf(
  selection: Selection,
  { labels, ofClass }: SelectedLabels,
): { readonly strata: Int32Array; readonly count: number } {
  if (selection.separator === null) return { strata: selection.labels, count: selection.classes.length };
  const rows = new Array<number>(labels.length).fill(0);
  for (const c of selection.labels) for (const label of ofClass[c] ?? []) rows[label] = (rows[label] ?? 0) + 1;
  const rarest = ofClass.map((set) =>
    set.reduce((best, label) => ((rows[label] ?? 0) < (rows[best] ?? Infinity) ? label : best), labels.length),
  );
  return { strata: selection.labels.map((c) => rarest[c] ?? labels.length), count: labels.length + 1 };
}
