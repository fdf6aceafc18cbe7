/** Tokenizing a whole dataset, in slices short enough that the worker answers other calls (a prediction) in between. */
import { IdBuffer } from './id-buffer.ts';
import { macrotask } from '../lib/macrotask.ts';
import type { TextTokenizer } from './tokenizer.ts';
import type { TokenRows } from './types.ts';

const SLICE_MS = 25;
const ROWS_BETWEEN_LOOKS = 32;

export interface EncodedRows extends TokenRows {
  /** Rows that were cut at `maxLength`. */
  readonly truncatedRows: number;
}

/**
 * `onProgress(done, total)` in rows, after each slice and at the end. `secondTexts`: each row's second text, null for rows of one.
 * Throws `Problem` for a `maxLength` without room.
 */
export async function encodeRows(
  tokenizer: TextTokenizer,
  texts: readonly string[],
  maxLength: number,
  onProgress: (done: number, total: number) => void,
  secondTexts: readonly string[] | null = null,
): Promise<EncodedRows> {
  tokenizer.checkMaxLength(maxLength, secondTexts !== null);
  const rows = new IdBuffer(texts.length, Math.min(maxLength, 32));
  let truncatedRows = 0;
  let sliceEnd = performance.now() + SLICE_MS;
  for (let i = 0; i < texts.length; i++) {
    if (tokenizer.encodeInto(texts[i] ?? '', secondTexts && (secondTexts[i] ?? ''), maxLength, rows)) truncatedRows++;
    if (i % ROWS_BETWEEN_LOOKS === 0 && performance.now() > sliceEnd) {
      onProgress(i + 1, texts.length);
      await macrotask();
      sliceEnd = performance.now() + SLICE_MS;
    }
  }
  onProgress(texts.length, texts.length);
  return { ...rows.finish(), truncatedRows };
}
