/** What the data part says about a file: pure values, they travel between workers and page as they are. */
import type { ProblemText } from '../lib/problem.ts';
import type { Finding } from './doctor/finding.ts';
import type { MadeMend } from './mends.ts';

/** Where rows come from. The page never reads the content itself. */
export type DataSource =
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'sample' };

/** Which columns have a role; the others are ignored. Each is an index into `DatasetSummary.columns`. */
export interface ColumnChoice {
  readonly text: number;
  /** The second text of a pair; null or missing: a row is one text. */
  readonly secondText?: number | null;
  readonly label: number;
  /** Says of each row whether it is for training, validation or testing. */
  readonly split?: number | null;
  /** Rows with the same value (a person, a document) stay on one side of the split. */
  readonly group?: number | null;
}

export type ColumnRole = 'text' | 'second text' | 'label' | 'split' | 'group' | 'id' | 'ignored';

export interface SplitSettings {
  /** Share of the rows kept for validation, 0 < share < 1. Not read where a split column has validation rows. */
  readonly validationShare: number;
  /** Share of the rows kept for one test at the end, 0 where left out. Not read where a split column has test rows. */
  readonly testShare?: number;
  readonly seed: number;
}

/** What a row is used for. */
export type Part = 'train' | 'validation' | 'test';

export interface ColumnInfo {
  readonly index: number;
  /** The header's words; "column 3" where the header has none. */
  readonly name: string;
  /** Mean characters per value. */
  readonly meanLength: number;
  readonly distinct: number;
  readonly empty: number;
}

/** What reading the file brought up: rows left out, bytes that are no characters. The doctor lists it among its findings. */
export interface Notice extends ProblemText {
  readonly code: 'ragged-rows' | 'invalid-bytes' | 'unclosed-quote' | 'no-header';
  /** How many rows it touches; bytes for `invalid-bytes`. */
  readonly count: number;
  /** Numbers of the first rows. */
  readonly rows?: readonly number[];
}

export interface DatasetSummary {
  readonly name: string;
  readonly bytes: number;
  /** Data rows read, without the header. */
  readonly rows: number;
  readonly delimiter: ',' | ';' | '\t' | '|';
  readonly encoding: string;
  readonly columns: readonly ColumnInfo[];
}

export interface ClassCount {
  readonly label: string;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

export interface PreviewRow {
  /** Row number in the file as a spreadsheet counts it: the header is row 1. */
  readonly row: number;
  readonly text: string;
  /** Null where a row is one text. */
  readonly secondText: string | null;
  readonly label: string;
  readonly split: Part;
}

/** The data under one choice of columns and one split. */
export interface DatasetProfile {
  readonly choice: ColumnChoice;
  readonly split: SplitSettings;
  /** In the order of the class index (`id2label`): by label unless a mend put them in another. */
  readonly classes: readonly ClassCount[];
  readonly trainRows: number;
  readonly validationRows: number;
  readonly testRows: number;
  /** The first ten usable rows. */
  readonly preview: readonly PreviewRow[];
  /** Most serious first. */
  readonly findings: readonly Finding[];
  readonly mends: readonly MadeMend[];
  /** SHA-256 (hex) of the data as it is used: texts, labels, classes and their order, which row is for what. */
  readonly fingerprint: string;
}

export interface OpenedDataset {
  readonly summary: DatasetSummary;
  readonly profile: DatasetProfile;
}
