/** Text with a delimiter: CSV, TSV and their kin. dialect.ts judges how it is written, records.ts splits it. */
import { Problem } from '../../lib/problem.ts';
import { judgeDialect, judgeQuotesOf } from '../dialect.ts';
import { createRecordReader, type Dialect } from '../records.ts';
import { createRecordsTable } from '../records-table.ts';
import type { Table } from '../table.ts';
import type { ReadResult, TextInput } from './types.ts';

const FORMATS: Readonly<Record<Dialect['delimiter'], string>> = {
  ',': 'CSV',
  ';': 'CSV',
  '|': 'CSV',
  '\t': 'TSV',
  ' ': 'Labels and texts',
  '': 'Lines',
};

/** 'quotes are text' when so many quotes are never closed that the dialect must be wrong. */
async function readAs(input: TextInput, dialect: Dialect): Promise<Table | 'quotes are text' | null> {
  const { hasHeader } = input.choice;
  const table = createRecordsTable({ store: input.createStore(), hasHeader, quotes: dialect.quotes });
  let row = 0;
  const reader = createRecordReader(dialect, (fields, state) => table.add(fields, ++row, state));
  for await (const piece of input.pieces(input.onBytes)) {
    if (!reader.push(piece)) break;
  }
  reader.finish();
  return table.quotesAreText ? 'quotes are text' : table.finish(input.name);
}

/** Throws `Problem` when there are no rows at all. */
export async function readDelimited(input: TextInput): Promise<ReadResult> {
  const { sample, complete, choice, name } = input;
  let dialect =
    choice.delimiter === undefined ? judgeDialect(sample, complete) : judgeQuotesOf(sample, complete, choice.delimiter);
  let table = await readAs(input, dialect);
  if (table === 'quotes are text') {
    dialect = { ...dialect, quotes: false };
    table = await readAs(input, dialect);
  }
  if (table === null || table === 'quotes are text') {
    const fix = 'Drop a table with a header, one column of text and one of labels.';
    throw new Problem({ where: name, expected: 'a table of texts and labels', found: 'only blank lines', fix });
  }
  const { delimiter } = dialect;
  return { table, namedLabels: [], format: FORMATS[delimiter], delimiter, parts: [], part: null };
}
