/** What the tokenizer worker answers. The page talks to `TokenizerWorker`, the trainer worker to `TokenSource`. */
import type { ColumnChoice, DataSource, DatasetProfile, OpenedDataset, SplitSettings } from '../data/types.ts';
import type { Targets } from '../lib/targets.ts';
import type { TokenRows, TokenizerFiles } from '../text/types.ts';

/** done of total, in units that the phase names (bytes while reading, rows while tokenizing). At most 10 calls a second. */
export type ProgressCallback = (done: number, total: number) => void;

export interface TokenizerWorker {
  /** Hands over one end of a MessageChannel; the trainer worker holds the other and sees a `TokenSource`. */
  connect(port: MessagePort): void;
  /** Reads a file, guesses the columns. Throws `Problem` when it cannot be used; the dataset opened before then stays. */
  open(source: DataSource, split: SplitSettings, onProgress: ProgressCallback): Promise<OpenedDataset>;
  /** Another choice of columns or split for the open dataset. Throws `Problem`; the choice before then stays. */
  choose(choice: ColumnChoice, split: SplitSettings): Promise<DatasetProfile>;
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
  /** Rows of both that were cut at max_length. */
  readonly truncatedRows: number;
  readonly dataset: DatasetNames;
}

export interface TokenSource {
  /** Makes the tokenizer that `tokenizeDataset` and `encode` use. Throws `Problem`. */
  loadTokenizer(files: TokenizerFiles): Promise<void>;
  /** Tokenizes the open dataset under its present choice; rows keep their special tokens when cut at maxLength tokens. */
  tokenizeDataset(maxLength: number, onProgress: ProgressCallback): Promise<TokenizedDataset>;
  /** With `secondTexts`, pairs. */
  encode(texts: readonly string[], maxLength: number, secondTexts?: readonly string[] | null): Promise<TokenRows>;
}
