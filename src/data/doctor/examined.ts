/** What the findings look at: the rows under one choice of columns, after the mends, with their parts. */
import type { Selection } from '../select.ts';
import type { RowReport, Table } from '../table.ts';
import type { TextGroups } from '../text-groups.ts';
import type { ColumnChoice, ColumnInfo } from '../types.ts';
import { MOST_NUMBERS, MOST_PREVIEW, type FindingRow } from './finding.ts';

export interface Examined {
  readonly table: Table;
  readonly columns: readonly ColumnInfo[];
  readonly choice: ColumnChoice;
  readonly selection: Selection;
  /** Per row of the selection: TRAIN, VALIDATION or TEST. */
  readonly parts: Uint8Array;
  /** Rows whose cell of the split column names no part. */
  readonly unknownParts: RowReport;
  readonly groups: TextGroups;
}

/** A preview shows a few lines of a text; the rest of a megabyte stays where it is. */
const PREVIEW_CHARACTERS = 400;

function clip(value: string): string {
  return value.length > PREVIEW_CHARACTERS ? `${value.slice(0, PREVIEW_CHARACTERS)}…` : value;
}

export function textOf({ table, choice, selection }: Examined, i: number): string {
  return table.columns[choice.text]?.[selection.rows[i]!] ?? '';
}

/** Rows of the selection, by number and, the first ones, with text and label. */
export function showRows(
  examined: Examined,
  members: readonly number[],
): { readonly rows: readonly number[]; readonly preview: readonly FindingRow[] } {
  const { table, selection } = examined;
  const numberOf = (i: number): number => table.rowNumbers[selection.rows[i]!] ?? 0;
  return {
    rows: members.slice(0, MOST_NUMBERS).map(numberOf),
    preview: members.slice(0, MOST_PREVIEW).map((i) => ({
      row: numberOf(i),
      text: clip(textOf(examined, i)),
      label: clip(selection.classes[selection.labels[i]!] ?? ''),
    })),
  };
}

/** Rows per class over all parts. */
export function classTotals({ selection }: Examined): number[] {
  const counts = selection.classes.map(() => 0);
  for (const label of selection.labels) counts[label]!++;
  return counts;
}

/** Rows of the selection whose class is one of these, the first `most`. */
export function rowsOfClasses({ selection }: Examined, classes: ReadonlySet<number>, most = MOST_NUMBERS): number[] {
  const found: number[] = [];
  for (let i = 0; i < selection.labels.length && found.length < most; i++) if (classes.has(selection.labels[i]!)) found.push(i);
  return found;
}

/** "3.2 %", "< 0.1 %". */
export function shareOf(part: number, whole: number): string {
  const share = (100 * part) / Math.max(1, whole);
  return share > 0 && share < 0.1 ? '< 0.1 %' : `${share < 10 ? share.toFixed(1) : Math.round(share)} %`;
}
