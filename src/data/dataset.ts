/**
 * A file becomes a dataset: bytes are judged, text is read, columns are guessed. Two passes: the first tells the encoding from
 * every byte, the second reads. Nothing here knows where the file came from or who asks.
 */
import { Problem } from '../lib/problem.ts';
import { ENCODING_NAMES, judgeEncoding, readText, type EncodingJudgement } from './bytes.ts';
import { describeColumns, guessColumns } from './columns.ts';
import { judgeDialect } from './dialect.ts';
import { fileNotices } from './notices.ts';
import type { Dialect } from './records.ts';
import { recogniseText } from './signatures.ts';
import { createTableReader, type Table } from './table.ts';
import type { ColumnChoice, DatasetSummary, Notice } from './types.ts';

export interface Dataset {
  readonly summary: DatasetSummary;
  readonly table: Table;
  /** The text and label columns as guessed. */
  readonly guess: ColumnChoice;
  /** About the file; those about a choice of columns are in its profile. */
  readonly notices: readonly Notice[];
}

/** Larger files are refused before a byte is read: their rows would not fit beside a model. */
export const LARGEST_FILE = 128 * 2 ** 20;
/** Characters that the dialect is judged from. */
const SAMPLE = 2 ** 18;
/** How much of the progress the first pass is. */
const JUDGING = 0.2;

const HOW_TO_MAKE_ONE = 'Drop a CSV or TSV file with a header, one column of text and one of labels.';

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toLocaleString('en-US', { maximumFractionDigits: 1 })} MB`;
}

function checkSize(name: string, bytes: number): void {
  if (bytes === 0)
    throw new Problem({ where: name, expected: 'a table of texts and labels', found: 'an empty file', fix: HOW_TO_MAKE_ONE });
  if (bytes <= LARGEST_FILE) return;
  const fix = 'Drop a part of it: some ten thousand rows, taken at random, are plenty for fine-tuning.';
  throw new Problem({ where: name, expected: `at most ${mebibytes(LARGEST_FILE)}`, found: mebibytes(bytes), fix });
}

function judgeSample(name: string, sample: string, complete: boolean): Dialect {
  if (complete && sample.trim() === '') {
    throw new Problem({ where: name, expected: 'a table of texts and labels', found: 'only blank lines', fix: HOW_TO_MAKE_ONE });
  }
  const other = recogniseText(sample.slice(0, 1000));
  if (other) throw new Problem({ where: name, expected: 'a table (CSV or TSV)', found: other.what, fix: other.fix });
  const dialect = judgeDialect(sample, complete);
  if (dialect) return dialect;
  const line = sample.trim().split(/[\r\n]/, 1)[0] ?? '';
  throw new Problem({
    where: `${name}, first row`,
    expected: 'at least two columns, divided by comma, semicolon, tab or |',
    found: `one column, "${line.length > 60 ? `${line.slice(0, 60)}…` : line}"`,
    fix: HOW_TO_MAKE_ONE,
  });
}

function checkTable(name: string, table: Table | null): Table {
  if (!table) throw new Problem({ where: name, expected: 'a table of texts and labels', found: 'no rows', fix: HOW_TO_MAKE_ONE });
  if (table.rows > 0) return table;
  const { tooFewFields, tooManyFields, unclosedLeftOut } = table;
  const bad = tooFewFields.count + tooManyFields.count + unclosedLeftOut;
  if (bad === 0) {
    const fix = 'Add rows below the header: a text and its label in each.';
    throw new Problem({ where: name, expected: 'rows below the header', found: 'only a header', fix });
  }
  throw new Problem({
    where: name,
    expected: `rows of ${table.columns.length} fields, as in the header`,
    found: `none: ${tooFewFields.count} with fewer, ${tooManyFields.count} with more, ${unclosedLeftOut} with a quote that is not closed`,
    fix: 'Check that the header has a name for each column and that texts with the delimiter in them are quoted.',
  });
}

interface Sample {
  readonly text: string;
  /** The whole file is in it. */
  readonly complete: boolean;
}

async function readSample(pieces: AsyncGenerator<string>): Promise<Sample> {
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    if (text.length > SAMPLE) return { text: text.slice(0, SAMPLE), complete: false };
  }
  return { text, complete: true };
}

/** 'quotes are text' when so many quotes are never closed that the dialect must be wrong. */
async function readTable(pieces: AsyncGenerator<string>, dialect: Dialect): Promise<Table | 'quotes are text' | null> {
  const reader = createTableReader(dialect);
  for await (const piece of pieces) {
    reader.push(piece);
    if (reader.quotesAreText) return 'quotes are text';
  }
  const table = reader.finish();
  return reader.quotesAreText ? 'quotes are text' : table;
}

function summarise(name: string, bytes: number, encoding: EncodingJudgement, dialect: Dialect, table: Table): DatasetSummary {
  const columns = describeColumns(table);
  return { name, bytes, rows: table.rows, delimiter: dialect.delimiter, encoding: ENCODING_NAMES[encoding.encoding], columns };
}

/** `onProgress` in bytes of the file; `signal` stops the work with its reason. Throws `Problem` when the file is no table of rows. */
export async function openDataset(
  name: string,
  file: Blob,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<Dataset> {
  checkSize(name, file.size);
  const encoding = await judgeEncoding(file, name, signal, (done) => onProgress(done * JUDGING, file.size));
  const text = (onBytes: (done: number) => void): AsyncGenerator<string> =>
    readText(file, encoding.encoding, name, signal, onBytes);
  const reading = (done: number): void => onProgress(file.size * JUDGING + done * (1 - JUDGING), file.size);
  const sample = await readSample(text(() => undefined));
  let dialect = judgeSample(name, sample.text, sample.complete);
  let read = await readTable(text(reading), dialect);
  if (read === 'quotes are text') {
    dialect = { ...dialect, quotes: false };
    read = await readTable(text(reading), dialect);
  }
  const table = checkTable(name, read === 'quotes are text' ? null : read);
  const summary = summarise(name, file.size, encoding, dialect, table);
  return { summary, table, guess: guessColumns(table, summary.columns), notices: fileNotices(name, encoding, table) };
}
