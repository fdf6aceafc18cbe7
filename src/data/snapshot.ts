/**
 * A dataset as lines of JSON, for the sample of a file that is too large to be kept itself: the first line is all but the cells, then one
 * list of cells a row. Read again it is the same dataset to the last row number and remark; only how its file is read is settled.
 */
import { macrotask } from '../lib/macrotask.ts';
import { Problem } from '../lib/problem.ts';
import type { Dataset } from './dataset.ts';
import type { Table } from './table.ts';

interface Head extends Omit<Dataset, 'table'> {
  readonly version: number;
  readonly table: Omit<Table, 'columns' | 'rowNumbers'> & { readonly rowNumbers: readonly number[] };
}

/** Of the lines. Another number is not read. */
const VERSION = 1;
/** Rows that are written, or read, at a time. */
const SLICE = 1000;

/** In UTF-8, piece by piece; the same at every call. */
export async function* writeSnapshot({ table, ...rest }: Dataset): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { columns, rowNumbers, ...about } = table;
  const head: Head = { version: VERSION, ...rest, table: { ...about, rowNumbers: [...rowNumbers] } };
  const encoder = new TextEncoder();
  yield encoder.encode(JSON.stringify(head));
  for (let from = 0; from < table.rows; from += SLICE) {
    const rows = Array.from({ length: Math.min(SLICE, table.rows - from) }, (_, i) =>
      columns.map((cells) => cells[from + i] ?? ''),
    );
    yield encoder.encode(rows.map((cells) => `\n${JSON.stringify(cells)}`).join(''));
    await macrotask();
  }
}

function isHead(value: unknown): value is Head {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'version' in value && value.version === VERSION && ['summary', 'table', 'guess', 'notices'].every((name) => name in value)
  );
}

const isCells = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((cell) => typeof cell === 'string');

/** Throws `Problem` for what `writeSnapshot` of this version did not write, and the signal's reason. */
export async function readSnapshot(snapshot: Blob, signal: AbortSignal): Promise<Dataset> {
  const lines = (await snapshot.text()).split('\n');
  const head: unknown = JSON.parse(lines[0] ?? '');
  if (!isHead(head) || lines.length !== head.table.rows + 1) {
    const fix = 'Open the file itself again.';
    throw new Problem({ where: 'The data', expected: 'a sample that this version of the page kept', found: 'another', fix });
  }
  const columns = head.table.names.map(() => new Array<string>(head.table.rows));
  for (let r = 0; r < head.table.rows; r++) {
    const cells: unknown = JSON.parse(lines[r + 1] ?? '');
    if (isCells(cells)) cells.forEach((cell, c) => (columns[c]![r] = cell));
    if (r % SLICE !== SLICE - 1) continue;
    await macrotask();
    signal.throwIfAborted();
  }
  const { summary, guess, notices, table } = head;
  return { summary, guess, notices, table: { ...table, columns, rowNumbers: Uint32Array.from(table.rowNumbers) } };
}
