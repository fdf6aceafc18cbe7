/** Records become a table: a header, columns of strings, and the rows that did not fit, by number. Cells are kept a column at a time. */
import { looksLikeData } from './header.ts';
import { createRecordReader, type Dialect } from './records.ts';

/** Rows left out or taken with a remark: the first few by number, and how many in all. */
export interface RowReport {
  readonly first: readonly number[];
  readonly count: number;
}

export interface Table {
  /** The header's words, trimmed; "column 3" where it has none. */
  readonly names: readonly string[];
  /** columns[c][r]: the cell as it stands in the file. */
  readonly columns: readonly (readonly string[])[];
  /** Row numbers in the file as a spreadsheet counts them, from 1. */
  readonly rowNumbers: Uint32Array;
  readonly rows: number;
  /** False when the first row was data: then it is among the rows. */
  readonly hasHeader: boolean;
  readonly tooFewFields: RowReport;
  readonly tooManyFields: RowReport;
  /** Rows whose quote is never closed; those with the right number of fields are among the rows, as they stand. */
  readonly unclosedQuotes: RowReport;
  readonly unclosedLeftOut: number;
}

export interface TableReader {
  push(text: string): void;
  /** Null when no record came at all. */
  finish(): Table | null;
  /** So many quotes are never closed that they can hardly wrap fields: read again with `quotes: false`. */
  readonly quotesAreText: boolean;
}

const NAMED_ROWS = 5;
const MANY_UNCLOSED = 50;
const MANY_UNCLOSED_SHARE = 0.02;

class GrowingReport implements RowReport {
  readonly first: number[] = [];
  count = 0;
  add(row: number): void {
    if (this.count++ < NAMED_ROWS) this.first.push(row);
  }
}

function growTo(numbers: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  if (length <= numbers.length) return numbers;
  const grown = new Uint32Array(numbers.length * 2);
  grown.set(numbers);
  return grown;
}

export function createTableReader(dialect: Dialect): TableReader {
  let header: string[] | null = null;
  let columns: string[][] = [];
  let rowNumbers = new Uint32Array(1024);
  let rows = 0;
  let row = 0;
  let headerRow = 0;
  let quotesAreText = false;
  let unclosedLeftOut = 0;
  const tooFewFields = new GrowingReport();
  const tooManyFields = new GrowingReport();
  const unclosedQuotes = new GrowingReport();

  const add = (cells: readonly string[]): void => {
    rowNumbers = growTo(rowNumbers, rows + 1);
    rowNumbers[rows++] = row;
    for (let c = 0; c < columns.length; c++) columns[c]!.push(cells[c]!);
  };

  const reader = createRecordReader(dialect, (fields, state) => {
    row++;
    if (fields.length === 1 && fields[0]!.trim() === '') return true;
    if (!header) {
      header = fields;
      headerRow = row;
      columns = header.map(() => []);
      return true;
    }
    const width = header.length;
    // Delimiters at the end of a line, with nothing after them, take nothing away.
    const fits = fields.length === width || (fields.length > width && fields.slice(width).every((field) => field.trim() === ''));
    if (state === 'unclosed') {
      unclosedQuotes.add(row);
      if (!fits) unclosedLeftOut++;
      const limit = Math.max(MANY_UNCLOSED, rows * MANY_UNCLOSED_SHARE);
      quotesAreText = dialect.quotes && unclosedQuotes.count > limit;
    }
    if (fits) add(fields);
    else if (state !== 'unclosed') (fields.length < width ? tooFewFields : tooManyFields).add(row);
    return !quotesAreText;
  });

  return {
    push: (text) => void reader.push(text),
    get quotesAreText() {
      return quotesAreText;
    },
    finish() {
      reader.finish();
      if (!header) return null;
      const hasHeader = !looksLikeData(header, columns);
      const names = header.map((name, c) => (hasHeader && name.trim() !== '' ? name.trim() : `column ${c + 1}`));
      if (!hasHeader) {
        header.forEach((cell, c) => columns[c]?.unshift(cell));
        rowNumbers = growTo(rowNumbers, rows + 1);
        rowNumbers.copyWithin(1, 0, rows++);
        rowNumbers[0] = headerRow;
      }
      return {
        names,
        columns,
        rowNumbers: rowNumbers.subarray(0, rows),
        rows,
        hasHeader,
        tooFewFields,
        tooManyFields,
        unclosedQuotes,
        unclosedLeftOut,
      };
    },
  };
}
