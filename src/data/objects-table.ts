/** Rows that name their own columns (JSON objects) become a table: a column for each name that comes, empty where a row has it not. */
import { plural } from '../lib/counts.ts';
import { Problem } from '../lib/problem.ts';
import { cellOf, isPlainObject } from './cells.ts';
import { createFaultLog } from './fault-log.ts';
import type { RowStore } from './row-store.ts';
import type { Table } from './table.ts';

export interface ObjectsTable {
  add(object: Readonly<Record<string, unknown>>, row: number): void;
  reject(row: number, fault: 'broken-json' | 'not-a-row', text: string): void;
  /** Null when no row came at all. */
  finish(name: string): Table | null;
}

const MOST_COLUMNS = 1000;
/** Objects within objects become columns of their own, "author.name", so deep; what lies below is one cell of JSON. */
const DEPTH = 3;

export function createObjectsTable(store: RowStore, where: string): ObjectsTable {
  const log = createFaultLog();
  const places = new Map<string, number>();
  let rows = 0;

  const placeOf = (name: string): number => {
    const known = places.get(name);
    if (known !== undefined) return known;
    if (places.size === MOST_COLUMNS) {
      const found = 'more: each row seems to have names of its own';
      const fix = 'Write the rows as a list of objects with the same names in each.';
      throw new Problem({ where, expected: `at most ${plural(MOST_COLUMNS, 'column')}`, found, fix });
    }
    places.set(name, places.size);
    store.addColumn();
    return places.size - 1;
  };

  const spread = (object: Readonly<Record<string, unknown>>, prefix: string, depth: number, cells: string[]): void => {
    for (const [key, value] of Object.entries(object)) {
      if (depth < DEPTH && isPlainObject(value)) spread(value, `${prefix}${key}.`, depth + 1, cells);
      else {
        const place = placeOf(`${prefix}${key}`);
        cells[place] = cellOf(value);
      }
    }
  };

  return {
    add(object, row) {
      const cells = new Array<string>(places.size).fill('');
      spread(object, '', 1, cells);
      rows++;
      store.add(cells, row);
    },
    reject: (row, fault, text) => log.reject(row, fault, [text]),
    finish(name) {
      if (rows === 0 && log.rejects.count === 0) return null;
      const stored = store.finish();
      const names = [...places.keys()].map((key, c) => (key.trim() === '' ? `column ${c + 1}` : key.trim()));
      return {
        names,
        ...stored,
        hasHeader: null,
        faults: log.faults,
        rejects: log.rejects,
        parts: [{ name, rows: stored.rows }],
      };
    },
  };
}
