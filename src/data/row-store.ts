/** Rows on their way into a table: all of them a column at a time, or a sample (stratified-sample.ts). */
import { plural } from '../lib/counts.ts';
import { Problem } from '../lib/problem.ts';

export interface StoredRows {
  /** columns[c][r]. */
  readonly columns: string[][];
  readonly rowNumbers: Uint32Array<ArrayBuffer>;
  readonly rows: number;
  /** Rows that were offered. */
  readonly rowsSeen: number;
}

export interface RowStore {
  /** One more column, empty in the rows so far. */
  addColumn(): void;
  /** Cells by column; columns that it has no cell for are empty. Throws `Problem` when there are too many rows. */
  add(cells: readonly string[], row: number): void;
  finish(): StoredRows;
}

/** Rows that a table may have: with their tokens they must fit into the memory beside a model. */
export const MOST_ROWS = 2_000_000;
/** Rows of the sample that is offered instead. */
export const SAMPLE_ROWS = 100_000;

function tooManyRows(): Problem {
  return new Problem({
    where: 'The data',
    expected: `at most ${plural(MOST_ROWS, 'row')}`,
    found: 'more',
    fix: `Take a sample: ${plural(SAMPLE_ROWS, 'row')}, each class with its share, are plenty for fine-tuning.`,
    offer: { kind: 'sample', rows: SAMPLE_ROWS },
  });
}

/** A numbers list that grows by doubling. */
export function growTo(numbers: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  if (length <= numbers.length) return numbers;
  const grown = new Uint32Array(Math.max(length, numbers.length * 2));
  grown.set(numbers);
  return grown;
}

export function createRowStore(): RowStore {
  const columns: string[][] = [];
  let rowNumbers = new Uint32Array(1024);
  let rows = 0;
  return {
    addColumn() {
      columns.push(new Array<string>(rows).fill(''));
    },
    add(cells, row) {
      if (rows === MOST_ROWS) throw tooManyRows();
      rowNumbers = growTo(rowNumbers, rows + 1);
      rowNumbers[rows++] = row;
      for (let c = 0; c < columns.length; c++) columns[c]!.push(cells[c] ?? '');
    },
    finish: () => ({ columns, rowNumbers: rowNumbers.subarray(0, rows), rows, rowsSeen: rows }),
  };
}
