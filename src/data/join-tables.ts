/** Several tables with the same columns become one. Where their names tell train, validation and test, a column "split" says so. */
import { plural } from '../lib/counts.ts';
import { Problem } from '../lib/problem.ts';
import { splitOf } from './split-names.ts';
import type { RowFault, RowReport, Table } from './table.ts';

const SPLIT_COLUMN = 'split';
const NAMED_ROWS = 5;

export interface NamedTable {
  /** The file's path, as far as it is known. */
  readonly name: string;
  readonly table: Table;
}

/** Place of each of `names` among `others`; the second column of a name goes to the second. Null when one is missing or left over. */
function placesOf(names: readonly string[], others: readonly string[]): number[] | null {
  if (names.length !== others.length) return null;
  const free = others.map((name) => name as string | null);
  const places = names.map((name) => {
    const place = free.indexOf(name);
    if (place >= 0) free[place] = null;
    return place;
  });
  return places.includes(-1) ? null : places;
}

function checkNames(first: NamedTable, other: NamedTable): number[] {
  const places = placesOf(first.table.names, other.table.names);
  if (places) return places;
  const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
  throw new Problem({
    where: other.name,
    expected: `the columns of ${first.name}: ${list(first.table.names)}`,
    found: list(other.table.names),
    fix: 'Give all files the same header, or drop one file alone.',
  });
}

function joinReports(reports: readonly RowReport[]): RowReport {
  const first = reports.flatMap((report) => report.first).slice(0, NAMED_ROWS);
  return { first, count: reports.reduce((sum, { count }) => sum + count, 0) };
}

/** Throws `Problem` when the columns differ, or when some names tell a split and others do not. One table stays as it is. */
export function joinTables(tables: readonly NamedTable[]): Table {
  const [first, ...others] = tables;
  if (!first) throw new RangeError('no table to join');
  if (others.length === 0) return first.table;
  const splits = tables.map(({ name }) => splitOf(name));
  const named = splits.filter((split) => split !== null).length;
  if (named > 0 && named < tables.length) {
    const without = tables.filter((_, t) => splits[t] === null).map(({ name }) => name);
    throw new Problem({
      where: plural(tables.length, 'file'),
      expected: 'train, validation or test in the name of each, or in none',
      found: `none in ${without.join(', ')}`,
      fix: 'Rename these files, or drop them without the others.',
    });
  }
  const places = tables.map((table) => checkNames(first, table));
  const columns = first.table.names.map((_, c) => tables.flatMap(({ table }, t) => table.columns[places[t]![c]!] ?? []));
  const names = [...first.table.names];
  if (named > 0) {
    names.push(names.includes(SPLIT_COLUMN) ? `${SPLIT_COLUMN} (file)` : SPLIT_COLUMN);
    columns.push(tables.flatMap(({ table }, t) => new Array<string>(table.rows).fill(splits[t] ?? '')));
  }
  const rows = tables.reduce((sum, { table }) => sum + table.rows, 0);
  const rowNumbers = new Uint32Array(rows);
  let at = 0;
  for (const { table } of tables) {
    rowNumbers.set(table.rowNumbers, at);
    at += table.rows;
  }
  const faultOf = (fault: RowFault): RowReport => joinReports(tables.map(({ table }) => table.faults[fault]));
  return {
    names,
    columns,
    rowNumbers,
    rows,
    rowsSeen: tables.reduce((sum, { table }) => sum + table.rowsSeen, 0),
    hasHeader: first.table.hasHeader,
    faults: {
      'too-few-fields': faultOf('too-few-fields'),
      'too-many-fields': faultOf('too-many-fields'),
      'unclosed-quote': faultOf('unclosed-quote'),
      'broken-json': faultOf('broken-json'),
      'not-a-row': faultOf('not-a-row'),
    },
    rejects: {
      count: tables.reduce((sum, { table }) => sum + table.rejects.count, 0),
      kept: tables.flatMap(({ table }) => table.rejects.kept),
    },
    parts: tables.flatMap(({ table }) => table.parts),
  };
}
