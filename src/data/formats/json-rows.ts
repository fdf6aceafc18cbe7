/** JSON values as rows: objects name their columns, lists are records whose first may be a header. The first row decides which. */
import { cellOf, isPlainObject } from '../cells.ts';
import { createObjectsTable, type ObjectsTable } from '../objects-table.ts';
import { createRecordsTable, type RecordsTable } from '../records-table.ts';
import type { Table } from '../table.ts';
import type { TextInput } from './types.ts';

export interface JsonRows {
  /** One row as JSON text. */
  addText(text: string, row: number): void;
  add(value: unknown, row: number): void;
  /** What the format says the columns are called, before the first row. */
  addHeader(names: readonly unknown[]): void;
  reject(row: number, fault: 'broken-json' | 'not-a-row', text: string): void;
  finish(): Table | null;
}

type Rows =
  { readonly kind: 'objects'; readonly table: ObjectsTable } | { readonly kind: 'records'; readonly table: RecordsTable };

export function createJsonRows({ name, choice, ...input }: TextInput): JsonRows {
  let rows: Rows | null = null;
  /** Rows that came before it was known what rows are here. */
  const early: { row: number; fault: 'broken-json' | 'not-a-row'; text: string }[] = [];
  let hasHeader = choice.hasHeader;

  const begin = (kind: Rows['kind']): Rows => {
    rows =
      kind === 'objects'
        ? { kind, table: createObjectsTable(input.createStore(), name) }
        : { kind, table: createRecordsTable({ store: input.createStore(), hasHeader, quotes: false }) };
    for (const { row, fault, text } of early) rows.table.reject(row, fault, text);
    return rows;
  };
  const reject: JsonRows['reject'] = (row, fault, text) => {
    if (rows) rows.table.reject(row, fault, text);
    else early.push({ row, fault, text });
  };
  const add = (value: unknown, row: number): void => {
    const isList = Array.isArray(value);
    if (!isList && !isPlainObject(value)) {
      reject(row, 'not-a-row', JSON.stringify(value));
      return;
    }
    const into = rows ?? begin(isList ? 'records' : 'objects');
    if (into.kind === 'objects' && !isList) into.table.add(value, row);
    else if (into.kind === 'records' && isList) into.table.add(value.map(cellOf), row, 'good');
    else reject(row, 'not-a-row', JSON.stringify(value));
  };

  return {
    add,
    reject,
    addText(text, row) {
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        reject(row, 'broken-json', text);
        return;
      }
      add(value, row);
    },
    addHeader(names) {
      hasHeader = true;
      const into = begin('records');
      if (into.kind === 'records') into.table.add(names.map(cellOf), 0, 'good');
    },
    finish() {
      if (!rows && early.length > 0) begin('objects');
      return rows?.table.finish(name) ?? null;
    },
  };
}
