/**
 * Rows whose label column names several labels, or none: "billing; refund". Which separator is the person's choice, never guessed. To the
 * selection, its mends and the doctor a class is then a set of labels; the labels themselves become classes only here, at the end.
 */
import type { Targets } from '../lib/targets.ts';
import type { Selection } from './select.ts';
import type { LabelSeparator } from './types.ts';

/** The labels of a cell, each once, without the spaces around them; none of an empty cell. */
export function splitLabels(cell: string, separator: LabelSeparator): readonly string[] {
  const labels = cell.split(separator).map((label) => label.trim());
  return [...new Set(labels.filter((label) => label !== ''))];
}

/** The set of a cell's labels as one word: the same for "a; b" and "b;a", empty for none. */
export function labelSet(cell: string, separator: LabelSeparator): string {
  return [...splitLabels(cell, separator)].sort().join(separator);
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
