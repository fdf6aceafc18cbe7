/** What the tokenizer worker answers. The page talks to `TokenizerWorker`, the trainer worker to `TokenSource`. */
import type { Baseline } from '../data/baseline/baseline.ts';
import type { Finding } from '../data/doctor/finding.ts';
import type { TokenLengths } from '../data/doctor/lengths.ts';
import type { Mend } from '../data/mends.ts';
import type { DataUse } from '../data/kept-data.ts';
import type {
  ColumnChoice,
  DataSource,
  DatasetProfile,
  KeptSource,
  OpenedDataset,
  ReadingChoice,
  SplitSettings,
} from '../data/types.ts';
import type { Targets } from '../lib/targets.ts';
import type { TokenRows, TokenizerFiles } from '../text/types.ts';

/** done of total, in units that the phase names (bytes while reading, rows while tokenizing). At most 10 calls a second. */
export type ProgressCallback = (done: number, total: number) => void;

export interface TokenizerWorker extends KeptDatasets {
  /** Hands over one end of a MessageChannel; the trainer worker holds the other and sees a `TokenSource`; and the Web Lock to hold as long as it lives. */
  connect(port: MessagePort, alive: string): Promise<void>;
  /**
   * Reads files, guesses the columns unless `used` says which. Throws `Problem` when they hold no rows; the dataset opened before then
   * stays.
   */
  open(
    source: DataSource,
    reading: ReadingChoice,
    split: SplitSettings,
    onProgress: ProgressCallback,
    used?: Pick<DataUse, 'choice' | 'mends'> | null,
  ): Promise<OpenedDataset>;
  /** Ends what `open` is doing; the dataset opened before stays. */
  cancelOpen(): void;
  /** The rows of the open dataset that were left out, as CSV with row number and reason. Throws `Problem` when no dataset is open. */
  rejectedRows(): Promise<Blob>;
  /** Another choice of columns, split or mends for the open dataset. Throws `Problem`; the choice before then stays. */
  choose(choice: ColumnChoice, split: SplitSettings, mends: readonly Mend[]): Promise<DatasetProfile>;
  /** Lengths of the usable texts by the loaded tokenizer, and what the doctor says of them under `maxLength`; `most`: what the model allows. */
  measureLengths(maxLength: number, most: number): Promise<LengthReport>;
  /** What simple methods reach on the same split. Null when the data changed meanwhile. */
  baseline(): Promise<Baseline | null>;
}

/** What outlives the page. */
export interface KeptDatasets {
  /**
   * Keeps the open dataset and how it is used. Datasets of the `needed` fingerprints stay, however much is kept. Throws `Problem` when it
   * cannot be kept; it stays open all the same.
   */
  keep(needed: readonly string[]): Promise<KeptDataset>;
  /** The one that was used last first. */
  listKept(): Promise<readonly KeptDataset[]>;
  /** The use that gives the data of this fingerprint; of null the latest use. Null where it is not kept. `open` takes it. */
  findKept(fingerprint: string | null): Promise<KeptUse | null>;
  removeKept(key: string): Promise<void>;
}

export interface KeptDataset {
  readonly key: string;
  readonly name: string;
  readonly bytes: number;
  /** When it was used last, in milliseconds since 1970. */
  readonly at: number;
  /** Of the data that it is remembered to give, by columns, split and mends. */
  readonly fingerprints: readonly string[];
}

/** All that makes the same data again. */
export interface KeptUse extends DataUse {
  readonly source: KeptSource;
  readonly fingerprint: string | null;
}

export interface LengthReport {
  readonly lengths: TokenLengths;
  readonly findings: readonly Finding[];
}

export interface LabelledTokens extends TokenRows {
  readonly targets: Targets;
}

export interface DatasetNames {
  readonly name: string;
  readonly textColumn: string;
  /** Null where a row is one text. */
  readonly secondTextColumn: string | null;
  readonly labelColumn: string;
}

export interface TokenizedDataset {
  /** Class names in the order of their index. */
  readonly classes: readonly string[];
  readonly train: LabelledTokens;
  readonly validation: LabelledTokens;
  /** Rows for one test after the training; none where the split has no such part. */
  readonly test: LabelledTokens;
  /** Rows of all parts that were cut at max_length. */
  readonly truncatedRows: number;
  readonly dataset: DatasetOrigin;
}

/** What a model card says of where the rows came from. */
export interface DatasetOrigin extends DatasetNames {
  /** What was done to the data, in words and in order. */
  readonly mends: readonly string[];
  /** SHA-256 of the data as it was used. */
  readonly fingerprint: string;
}

export interface TokenSource {
  /** Makes the tokenizer that `tokenizeDataset` and `encode` use. Throws `Problem`. */
  loadTokenizer(files: TokenizerFiles): Promise<void>;
  /** Tokenizes the open dataset under its present choice; rows keep their special tokens when cut at maxLength tokens. */
  tokenizeDataset(maxLength: number, onProgress: ProgressCallback): Promise<TokenizedDataset>;
  /** With `secondTexts`, pairs. */
  encode(texts: readonly string[], maxLength: number, secondTexts?: readonly string[] | null): Promise<TokenRows>;
}
