/**
 * Parquet, by hyparquet with its decompressors, a row group at a time. Numbers to which the file gives names (a ClassLabel of Hugging
 * Face's datasets) are read as the names.
 */
import { parquetMetadataAsync, parquetRead, parquetSchema, type AsyncBuffer, type FileMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { Problem } from '../../lib/problem.ts';
import { readable } from '../byte-source.ts';
import { cellOf, isPlainObject } from '../cells.ts';
import { createObjectsTable } from '../objects-table.ts';
import { noRows } from './no-rows.ts';
import type { BinaryInput, ReadResult } from './types.ts';

/** Bytes of one row group, unpacked, that are held at once. */
const LARGEST_GROUP = 512 * 2 ** 20;

export function isParquet(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x41 && head[2] === 0x52 && head[3] === 0x31;
}

function bufferOf({ blob, name, signal }: BinaryInput): AsyncBuffer {
  return {
    byteLength: blob.size,
    async slice(start, end) {
      signal.throwIfAborted();
      return readable(name, () => blob.slice(start, end).arrayBuffer());
    },
  };
}

/** Column name to class names, from the features that the datasets library writes beside the schema. */
function classNames({ key_value_metadata }: FileMetaData): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const text = key_value_metadata?.find(({ key }) => key === 'huggingface')?.value;
  let written: unknown;
  try {
    written = JSON.parse(text ?? 'null');
  } catch {
    return found;
  }
  const info = isPlainObject(written) ? written.info : null;
  const features = isPlainObject(info) ? info.features : null;
  if (!isPlainObject(features)) return found;
  for (const [column, feature] of Object.entries(features)) {
    if (!isPlainObject(feature) || feature._type !== 'ClassLabel' || !Array.isArray(feature.names)) continue;
    const { names } = feature;
    if (names.every((name) => typeof name === 'string')) found.set(column, names);
  }
  return found;
}

/** The name of a class number; -1 is no label, and a number without a name stays as it is. */
function namedCell(value: unknown, names: readonly string[] | undefined): unknown {
  if (!names || (typeof value !== 'number' && typeof value !== 'bigint')) return value;
  return Number(value) === -1 ? null : (names[Number(value)] ?? value);
}

/** Throws `Problem` for a damaged file: of what is compressed in columns no row can be saved alone. */
export async function readParquet(input: BinaryInput): Promise<ReadResult> {
  const { name, blob, signal, onBytes } = input;
  const file = bufferOf(input);
  try {
    const metadata = await parquetMetadataAsync(file);
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    const names = classNames(metadata);
    const table = createObjectsTable(input.createStore(), name);
    let row = 0;
    for (const group of metadata.row_groups) {
      signal.throwIfAborted();
      if (Number(group.total_byte_size) > LARGEST_GROUP) throw groupTooLarge(name);
      const end = row + Number(group.num_rows);
      const before = row;
      await parquetRead({
        file,
        metadata,
        compressors,
        rowStart: row,
        rowEnd: end,
        onComplete(rows: unknown[][]) {
          for (const cells of rows) {
            const entries = columns.map((column, c) => [column, cellOf(namedCell(cells[c], names.get(column)))] as const);
            table.add(Object.fromEntries(entries), ++row);
          }
        },
      });
      if (row !== end) throw new RangeError(`${row - before} rows in a group of ${end - before}`);
      onBytes((end / Math.max(1, Number(metadata.num_rows))) * blob.size);
    }
    if (row !== Number(metadata.num_rows)) throw new RangeError(`${row} rows where ${metadata.num_rows} are promised`);
    const made = table.finish(name);
    if (!made) throw noRows(name);
    const namedLabels = columns.filter((column) => names.has(column));
    return { table: made, namedLabels, format: 'Parquet', delimiter: null, parts: [], part: null };
  } catch (error) {
    if (error instanceof Problem || signal.aborted || !(error instanceof Error)) throw error;
    const fix = 'Write or download the file again; if it stays so, write it as CSV.';
    throw new Problem({ where: name, expected: 'a Parquet file that can be read', found: error.message, fix });
  }
}

function groupTooLarge(where: string): Problem {
  const fix = 'Write it with smaller row groups (row_group_size=100000), or as CSV.';
  const expected = `row groups of at most ${LARGEST_GROUP / 2 ** 20} MB`;
  return new Problem({ where, expected, found: 'a larger one', fix });
}
