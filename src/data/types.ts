/** What the data part says about a file: pure values, they travel between workers and page as they are. */
import type { ProblemText } from '../lib/problem.ts';
import type { Finding } from './doctor/finding.ts';
import type { MadeMend } from './mends.ts';

/** Where rows come from. The page never reads the content itself. */
export type DataSource =
  | KeptSource
  /** One table, or several that have the same columns: their names say which is train, validation and test. */
  | { readonly kind: 'files'; readonly files: readonly File[] }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'url'; readonly url: string }
  /** A dataset of the Hugging Face hub, such as "stanfordnlp/imdb", through the Parquet files that the hub makes of it. */
  | { readonly kind: 'hub'; readonly id: string }
  | { readonly kind: 'sample' };

/** A dataset that was kept on this machine when it was opened before. */
export interface KeptSource {
  readonly kind: 'kept';
  /** Names it among those that are kept. */
  readonly key: string;
  /** What the dataset is called. */
  readonly name: string;
  readonly origin: 'files' | 'paste' | 'url' | 'hub' | 'sample';
  /** The address, or the id on the hub. */
  readonly id: string | null;
  /** Its bytes as they were; or, for the sample of a large file, the rows that were taken, which cannot be read in another way. */
  readonly form: 'files' | 'rows';
}

/** Names as `TextDecoder` knows them. */
export type Encoding =
  | 'utf-8'
  | 'utf-16le'
  | 'utf-16be'
  | 'windows-1250'
  | 'windows-1251'
  | 'windows-1252'
  | 'windows-1253'
  | 'windows-1254'
  | 'windows-1255'
  | 'windows-1256'
  | 'windows-1257'
  | 'iso-8859-2'
  | 'iso-8859-5'
  | 'iso-8859-7'
  | 'koi8-r'
  | 'shift_jis'
  | 'euc-jp'
  | 'iso-2022-jp'
  | 'gb18030'
  | 'big5'
  | 'euc-kr';

/** ' ' is the first space of a line: a label, a space, and the text, as fastText and TREC write it; '' is none: each line is one cell. */
export type Delimiter = ',' | ';' | '\t' | '|' | ' ' | '';

/** How a person wants a file to be read; what is left out is judged from its contents. */
export interface ReadingChoice {
  readonly encoding?: Encoding;
  readonly delimiter?: Delimiter;
  readonly hasHeader?: boolean;
  /** One of `Reading.parts`. */
  readonly part?: string;
  /** Take a stratified sample of so many rows. */
  readonly sampleRows?: number;
}

/** How a file was read. Null where the format leaves nothing to choose. */
export interface Reading {
  /** "CSV", "JSON Lines", "Parquet", with how it was packed: "CSV in gzip". */
  readonly format: string;
  readonly encoding: Encoding | null;
  readonly delimiter: Delimiter | null;
  readonly hasHeader: boolean | null;
  /** The sheets of a workbook, the tables in a zip, the subsets of a hub dataset: more than one, or none. */
  readonly parts: readonly string[];
  readonly part: string | null;
}

/** Which columns have a role; the others are ignored. Each is an index into `DatasetSummary.columns`. */
export interface ColumnChoice {
  readonly text: number;
  /** The second text of a pair; null or missing: a row is one text. */
  readonly secondText?: number | null;
  readonly label: number;
  /** Columns of 0 and 1 that each say whether a row has the label that the column is called; then `label` is one of them. */
  readonly labels?: readonly number[] | null;
  /** Where a cell of the label column may name several classes, or none: what stands between them. Left out or null: one class a text. */
  readonly separator?: LabelSeparator | null;
  /** Says of each row whether it is for training, validation or testing. */
  readonly split?: number | null;
  /** Rows with the same value (a person, a document) stay on one side of the split. */
  readonly group?: number | null;
}

export type LabelSeparator = ';' | '|' | ',';

/** What stands in the cells of a column that says yes or no. */
export type FlagKind = '0/1' | 'true/false' | 'yes/no';

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
  /** Null where its cells say other things than yes and no. */
  readonly flags: FlagKind | null;
}

/** What reading the file brought up: rows left out, bytes that are no characters. The doctor lists it among its findings. */
export interface Notice extends ProblemText {
  readonly code: 'ragged-rows' | 'invalid-bytes' | 'unclosed-quote' | 'no-header' | 'broken-rows' | 'named-labels' | 'sampled';
  /** How many rows it touches; bytes for `invalid-bytes`, columns for `named-labels`. */
  readonly count: number;
  /** Numbers of the first rows. */
  readonly rows?: readonly number[];
}

export interface DatasetSummary {
  readonly name: string;
  readonly bytes: number;
  /** Data rows read, without the header. */
  readonly rows: number;
  /** Rows left out; `TokenizerWorker.rejectedRows` has them as a file. */
  readonly rejectedRows: number;
  /** Rows that the sample was taken from; null when all were read. */
  readonly sampledFrom: number | null;
  /** The encoding in words, "UTF-8"; null for a format that has none. */
  readonly encoding: string | null;
  readonly reading: Reading;
  readonly columns: readonly ColumnInfo[];
  /** The first rows as they were read, whatever their columns mean; long cells are cut. */
  readonly firstRows: readonly RawRow[];
}

export interface RawRow {
  readonly row: number;
  /** One a column. */
  readonly cells: readonly string[];
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
  /** What stands between the labels of a row in `preview`; null where it has one. */
  readonly separator: LabelSeparator | null;
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

/** A wrong guess loses no dataset: it opens, `problem` says why it cannot be trained on yet, and the page asks for the choice. */
export interface OpenedDataset {
  readonly summary: DatasetSummary;
  /** The columns that are used, or that cannot be. */
  readonly choice: ColumnChoice;
  /** Null exactly where there is a problem. */
  readonly profile: DatasetProfile | null;
  readonly problem: ProblemText | null;
  /** The same as the doctor says it, with what one click does about it, where the doctor has something to say of it. */
  readonly blocker?: Finding | null;
}

/** One that can be trained on. */
export interface UsableDataset extends OpenedDataset {
  readonly profile: DatasetProfile;
  readonly problem: null;
}
