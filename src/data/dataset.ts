/**
 * Files become a dataset: what is packed is opened, bytes are judged, text is read, tables are joined, columns are guessed. Two passes
 * over each file: the first tells the encoding from every byte, the second reads. Nothing here knows where the files came from or who asks.
 */
import { Problem } from '../lib/problem.ts';
import { plural } from '../lib/counts.ts';
import { macrotask } from '../lib/macrotask.ts';
import { blobSource } from './byte-source.ts';
import { describeColumns, guessColumns } from './columns.ts';
import { ENCODING_NAMES } from './encodings.ts';
import { readTableFile, type TableFileResult } from './formats/read-table-file.ts';
import { findTables, type FoundTables, type TableFile } from './formats/table-files.ts';
import { joinTables } from './join-tables.ts';
import { readingNotices } from './reading-notices.ts';
import type { Table } from './table.ts';
import { checkWholeSize } from './whole-size.ts';
import type { ColumnChoice, ColumnInfo, DatasetSummary, Notice, RawRow, Reading, ReadingChoice } from './types.ts';

export interface Dataset {
  readonly summary: DatasetSummary;
  readonly table: Table;
  /** The text and label columns as guessed. */
  readonly guess: ColumnChoice;
  /** About the file; those about a choice of columns are in its profile. */
  readonly notices: readonly Notice[];
}

/** A file and the name that tells what is in it; the folder may be part of it ("data/train.csv"). */
export interface NamedFile {
  readonly name: string;
  readonly file: Blob;
}

/** Subsets of which one was chosen before there were files. */
export type Parts = Pick<Reading, 'parts' | 'part'>;

const FIRST_ROWS = 10;
/** The page shows a line or two of a cell; the rest of a megabyte stays here. */
const FIRST_CHARACTERS = 300;
const LONGEST_NAME = 200;

const HOW_TO_MAKE_ONE = 'Drop a table with a header, one column of text and one of labels.';

function checkEmpty({ name, file }: NamedFile): void {
  if (file.size > 0) return;
  throw new Problem({ where: name, expected: 'a table of texts and labels', found: 'an empty file', fix: HOW_TO_MAKE_ONE });
}

function checkTable(name: string, { rows, names, rejects, faults }: Table): void {
  if (rows > 0) return;
  if (rejects.count === 0) {
    const fix = 'Add rows below the header: a text and its label in each.';
    throw new Problem({ where: name, expected: 'rows below the header', found: 'only a header', fix });
  }
  const { 'too-few-fields': few, 'too-many-fields': many } = faults;
  const others = rejects.count - few.count - many.count;
  throw new Problem({
    where: name,
    expected: `rows of ${names.length} fields, as in the header`,
    found: `none: ${few.count} with fewer, ${many.count} with more, ${others} that cannot be read`,
    fix: 'Check that the header has a name for each column and that texts with the delimiter in them are quoted.',
  });
}

const clip = (value: string, most: number): string => (value.length > most ? `${value.slice(0, most)}…` : value);

function firstRowsOf({ columns, rowNumbers, rows }: Table): RawRow[] {
  return Array.from({ length: Math.min(rows, FIRST_ROWS) }, (_, r) => ({
    row: rowNumbers[r] ?? 0,
    cells: columns.map((cells) => clip(cells[r] ?? '', FIRST_CHARACTERS)),
  }));
}

/** A column at a time, so that other calls are answered in between. */
async function describe(table: Table, signal: AbortSignal): Promise<ColumnInfo[]> {
  const columns: ColumnInfo[] = [];
  for (const [index, cells] of table.columns.entries()) {
    const [info] = describeColumns({ ...table, columns: [cells], names: [clip(table.names[index] ?? '', LONGEST_NAME)] });
    if (info) columns.push({ ...info, index });
    await macrotask();
    signal.throwIfAborted();
  }
  return columns;
}

function formatName(file: TableFile, { format }: TableFileResult): string {
  const packing = file.kind === 'workbook' ? file.source.packing.filter((name) => name !== 'zip') : file.source.packing;
  return packing.length === 0 ? format : `${format} in ${[...packing].reverse().join(' in ')}`;
}

function readingOf(found: FoundTables, results: readonly TableFileResult[], given: Parts): Reading {
  const [file] = found.files;
  const [result] = results;
  if (!file || !result) throw new RangeError('no table was read');
  const { delimiter, encoding, table } = result;
  const [parts] = [given, found, result].filter((one) => one.parts.length > 0);
  return {
    format: formatName(file, result),
    encoding: encoding?.encoding ?? null,
    delimiter,
    hasHeader: table.hasHeader,
    parts: parts?.parts ?? [],
    part: parts?.part ?? null,
  };
}

async function findAll(files: readonly NamedFile[], choice: ReadingChoice, signal: AbortSignal): Promise<FoundTables> {
  files.forEach(checkEmpty);
  const found = await Promise.all(files.map(({ name, file }) => findTables(blobSource(name, file), choice.part, signal)));
  const [only] = found;
  if (found.length === 1 && only) return only;
  return { files: found.flatMap((one) => one.files), parts: [], part: null };
}

async function readFiles(
  found: readonly TableFile[],
  choice: ReadingChoice,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<TableFileResult[]> {
  const total = found.reduce((sum, { source }) => sum + source.size, 0);
  const texts = found.filter(({ kind }) => kind === 'text');
  checkWholeSize(
    texts.length === 1 ? (texts[0]?.source.name ?? '') : plural(texts.length, 'file'),
    texts.reduce((sum, { source }) => sum + (source.unpackedSize ?? 0), 0),
    choice,
  );
  const results: TableFileResult[] = [];
  let before = 0;
  for (const file of found) {
    const { size } = file.source;
    const share = total > 0 ? size / total : 1;
    const { sampleRows } = choice;
    const own = sampleRows === undefined ? choice : { ...choice, sampleRows: Math.max(1, Math.round(sampleRows * share)) };
    results.push(await readTableFile(file, own, signal, (done) => onProgress(before + done, total)));
    before += size;
  }
  return results;
}

/**
 * One table, or several with the same columns. `onProgress` in bytes of the files; `signal` stops the work with its reason; `given`: the
 * subsets that the files were chosen from. Throws `Problem` when there are no rows.
 */
export async function openDataset(
  name: string,
  files: readonly NamedFile[],
  choice: ReadingChoice,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
  given: Parts = { parts: [], part: null },
): Promise<Dataset> {
  const found = await findAll(files, choice, signal);
  const results = await readFiles(found.files, choice, onProgress, signal);
  const table = joinTables(results.map((result, i) => ({ name: found.files[i]?.source.name ?? '', table: result.table })));
  checkTable(name, table);
  const columns = await describe(table, signal);
  const reading = readingOf(found, results, given);
  const summary: DatasetSummary = {
    name,
    bytes: files.reduce((sum, { file }) => sum + file.size, 0),
    rows: table.rows,
    rejectedRows: table.rejects.count,
    sampledFrom: table.rowsSeen > table.rows ? table.rowsSeen : null,
    encoding: reading.encoding && ENCODING_NAMES[reading.encoding],
    reading,
    columns,
    firstRows: firstRowsOf(table),
  };
  const namedLabels = [...new Set(results.flatMap((result) => result.namedLabels))];
  const encodings = results.flatMap(({ encoding, table: { parts } }) =>
    encoding ? [{ name: parts[0]?.name ?? name, judged: encoding }] : [],
  );
  const notices = readingNotices(name, { table, namedLabels }, encodings, choice.hasHeader === undefined);
  return { summary, table, guess: guessColumns(table, columns), notices };
}
