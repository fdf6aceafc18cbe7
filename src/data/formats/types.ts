/** What a format's reader is given and gives back. */
import type { OnBytes } from '../byte-source.ts';
import type { RowStore } from '../row-store.ts';
import type { ReadTable } from '../table.ts';
import type { Delimiter, ReadingChoice } from '../types.ts';

export interface TextInput {
  readonly name: string;
  /** The first characters; `complete`: there are no more. */
  readonly sample: string;
  readonly complete: boolean;
  /** One pass over the text. */
  pieces(onBytes: OnBytes): AsyncGenerator<string>;
  readonly onBytes: OnBytes;
  readonly choice: ReadingChoice;
  /** Where the rows go; a reader that begins anew makes another. */
  createStore(): RowStore;
}

export interface BinaryInput {
  readonly name: string;
  readonly blob: Blob;
  readonly signal: AbortSignal;
  readonly onBytes: OnBytes;
  readonly choice: ReadingChoice;
  createStore(): RowStore;
}

export interface ReadResult extends ReadTable {
  /** "CSV". */
  readonly format: string;
  readonly delimiter: Delimiter | null;
  /** Sheets of a workbook, where there are several, and the one that was read. */
  readonly parts: readonly string[];
  readonly part: string | null;
}
