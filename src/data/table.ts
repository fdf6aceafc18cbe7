/** What every format is read into: columns of strings, where each row stands in its file, and the rows that did not fit. */

/** Rows left out or taken with a remark: the first few by number, and how many in all. */
export interface RowReport {
  readonly first: readonly number[];
  readonly count: number;
}

/** Why rows are left out, or taken with a remark (`unclosed-quote` only, where the fields are as many as in the header). */
export type RowFault = 'too-few-fields' | 'too-many-fields' | 'unclosed-quote' | 'broken-json' | 'not-a-row';

export interface RejectedRow {
  readonly row: number;
  readonly fault: RowFault;
  /** The fields as they were read, or the text of the row in one. */
  readonly cells: readonly string[];
}

export interface Rejects {
  readonly count: number;
  /** The first of them, within bounds. */
  readonly kept: readonly RejectedRow[];
}

export interface Table {
  /** The header's words, trimmed; "column 3" where it has none. */
  readonly names: readonly string[];
  /** columns[c][r]: the cell as it stands in the file. */
  readonly columns: readonly (readonly string[])[];
  /** Row numbers in the file as a spreadsheet counts them, from 1. */
  readonly rowNumbers: Uint32Array;
  readonly rows: number;
  /** Rows that were read, of which `rows` were taken: more than `rows` for a sample. */
  readonly rowsSeen: number;
  /** False when the first row was data: then it is among the rows. Null for formats whose columns always have names. */
  readonly hasHeader: boolean | null;
  readonly faults: Readonly<Record<RowFault, RowReport>>;
  readonly rejects: Rejects;
  /** The files that the rows are from, in order; one, unless several were joined. */
  readonly parts: readonly { readonly name: string; readonly rows: number }[];
}

/** The table and what is worth knowing about its columns beside their cells. */
export interface ReadTable {
  readonly table: Table;
  /** Columns whose numbers the file itself gives names to, which were read as the names. */
  readonly namedLabels: readonly string[];
}
