/** The lengths of texts in tokens, uncut, in slices short enough that the worker answers other calls in between. */
import { macrotask } from '../lib/macrotask.ts';
import type { TextTokenizer } from './tokenizer.ts';

const SLICE = 64;
/** Longer texts count as this long: no model here reads further. */
const LONGEST = 8192;
const SLICE_MS = 25;

export async function tokenLengths(tokenizer: TextTokenizer, texts: readonly string[]): Promise<number[]> {
  const lengths: number[] = [];
  let sliceEnd = performance.now() + SLICE_MS;
  for (let from = 0; from < texts.length; from += SLICE) {
    const { offsets } = tokenizer.encode(texts.slice(from, from + SLICE), LONGEST);
    for (let i = 0; i + 1 < offsets.length; i++) lengths.push(offsets[i + 1]! - offsets[i]!);
    if (performance.now() > sliceEnd) {
      await macrotask();
      sliceEnd = performance.now() + SLICE_MS;
    }
  }
  return lengths;
}
