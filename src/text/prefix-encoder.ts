/**
 * For tokenizers that keep the space with the word (byte-level BPE of RoBERTa, Unigram of DeBERTa): of a long text a prefix is read that
 * ends where a word ends, and a longer one only when that has too few ids. A token never spans such a boundary, so the
 * ids of the prefix are the first ids of the text.
 */
import type { Pipeline } from './pipeline.ts';
import type { ContentEncoder } from './word-cache.ts';

const FIRST_CHARS_PER_TOKEN = 8;

/** The end of the last whole word within the first `length` characters, 0 when a word is longer than that. */
function wordEnd(text: string, length: number): number {
  let end = length;
  while (end > 0 && !(isBlank(text, end) && !/\s/.test(text.charAt(end - 1)))) end--;
  return end;
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 32 || code === 10;
}

export function createPrefixEncoder({ encode }: Pipeline): ContentEncoder {
  const scratch: number[] = [];
  return (text, wanted, out) => {
    for (let length = wanted * FIRST_CHARS_PER_TOKEN; ; length *= 4) {
      const end = length < text.length ? wordEnd(text, length) : text.length;
      scratch.length = 0;
      if (end > 0) encode(end < text.length ? text.slice(0, end) : text, scratch);
      if (scratch.length < wanted && length < text.length) continue;
      for (let i = 0; i < Math.min(wanted, scratch.length); i++) out.push(scratch[i]!);
      return;
    }
  };
}
