/** What the data part says about a file: pure values, they travel between workers and page as they are. */
import type { ProblemText } from '../lib/problem.ts';

/** Where rows come from. The page never reads the content itself. */
export type DataSource =
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'sample' };

export interface ColumnChoice {
  /** Index into `DatasetSummary.columns`. */
  readonly text: number;
  /** The second text of a pair; null or missing: a row is one text. */
  readonly secondText?: number | null;
  readonly label: number;
  /** Where a cell of the label column may name several classes, or none: what stands between them. Left out or null: one class a text. */
  readonly separator?: LabelSeparator | null;
}

export type LabelSeparator = ';' | '|' | ',';

export interface SplitSettings {
  /** Share of the rows kept for validation, 0 < share < 1. */
  readonly validationShare: number;
  readonly seed: number;
}

export interface ColumnInfo {
  readonly index: number;
  /** The header's words; "column 3" where the header has none. */
  readonly name: string;
  /** Mean characters per value. */
  readonly meanLength: number;
  readonly distinct: number;
  readonly empty: number;
}

/** A thing worth saying about good data: rows left out, a class that is small. Not a blocker. */
export interface Notice extends ProblemText {
  readonly code:
    | 'ragged-rows'
    | 'empty-text'
    | 'empty-label'
    | 'no-class'
    | 'small-class'
    | 'few-rows'
    | 'invalid-bytes'
    | 'unclosed-quote'
    | 'no-header';
  /** How many rows it touches; bytes for `invalid-bytes`, classes for `small-class`. */
  readonly count: number;
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
}

export interface PreviewRow {
  /** Row number in the file as a spreadsheet counts it: the header is row 1. */
  readonly row: number;
  readonly text: string;
  /** Null where a row is one text. */
  readonly secondText: string | null;
  readonly label: string;
  readonly split: 'train' | 'validation';
}

/** The data under one choice of columns and one split. */
export interface DatasetProfile {
  readonly choice: ColumnChoice;
  readonly split: SplitSettings;
  /** Sorted by label, the order is the class index (`id2label`). */
  readonly classes: readonly ClassCount[];
  readonly trainRows: number;
  readonly validationRows: number;
  /** The first ten usable rows. */
  readonly preview: readonly PreviewRow[];
  readonly notices: readonly Notice[];
}

export interface OpenedDataset {
  readonly summary: DatasetSummary;
  readonly profile: DatasetProfile;
}
