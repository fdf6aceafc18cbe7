/** The columns of the table of runs: what each says, and how it sorts. */
import type { RunRecord } from '../../stores/runs.ts';

export interface RunRow extends RunRecord {
  /** Bytes on the disk, 0 where nothing of it lies there. */
  readonly bytes: number;
}

type Value = string | number | null;

export interface Column {
  readonly title: string;
  readonly value: (row: RunRow) => Value;
  readonly isNumber: boolean;
  /** Sorted first from the largest on. */
  readonly largestFirst: boolean;
}

const text = (title: string, value: (row: RunRow) => string): Column => ({ title, value, isNumber: false, largestFirst: false });
const number = (title: string, value: (row: RunRow) => number | null, largestFirst = true): Column => ({
  ...{ title, value, largestFirst },
  isNumber: true,
});

export const COLUMNS = {
  name: text('Name', ({ name }) => name),
  outcome: text('Outcome', ({ outcome }) => outcome),
  macroF1: number('Macro F1', ({ evaluation }) => evaluation?.macroF1 ?? null),
  accuracy: number('Accuracy', ({ evaluation }) => evaluation?.accuracy ?? null),
  loss: number('Loss', ({ evaluation }) => evaluation?.loss ?? null, false),
  data: text('Data', ({ data }) => data.name),
  model: text('Model', ({ model }) => model.name),
  steps: number('Steps', ({ steps }) => steps),
  time: number('Time', ({ seconds }) => seconds),
  started: number('Started', ({ startedAt }) => startedAt),
  size: number('Size', ({ bytes }) => bytes),
} as const satisfies Readonly<Record<string, Column>>;

export type ColumnName = keyof typeof COLUMNS;

export const COLUMN_NAMES = Object.keys(COLUMNS) as readonly ColumnName[];

export interface Order {
  readonly column: ColumnName;
  readonly descending: boolean;
}

/** Another column begins as suits it, the same one turns round. */
export function orderBy(column: ColumnName, { column: before, descending }: Order): Order {
  return column === before ? { column, descending: !descending } : { column, descending: COLUMNS[column].largestFirst };
}

/** Runs without a value stand last either way; equal ones keep the newest first. */
export function sortRows(rows: readonly RunRow[], { column, descending }: Order): readonly RunRow[] {
  const { value } = COLUMNS[column];
  const compare = (a: Value, b: Value): number => {
    if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
    const order = typeof a === 'string' || typeof b === 'string' ? String(a).localeCompare(String(b)) : a - b;
    return descending ? -order : order;
  };
  return rows.toSorted((a, b) => compare(value(a), value(b)) || b.number - a.number);
}

/** Rows that have every word somewhere in their name, note, data, model or outcome. */
export function searchRows(rows: readonly RunRow[], words: string): readonly RunRow[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ name, note, data, model, outcome, compute }) => {
    const all = [name, note, data.name, model.name, outcome, compute.title].join('\n').toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
}
