/**
 * For tokenizers that keep the space with the word (byte-level BPE of RoBERTa, Unigram of DeBERTa): the library reads a prefix of the
 * text that ends where a word ends, and a longer one only when that has too few ids. A token never spans such a boundary, so the
 * ids of the prefix are the first ids of the text.
 */
import type { Tokenizer } from '@huggingface/tokenizers';
import type { ContentEncoder } from './word-cache.ts';

const FIRST_CHARS_PER_TOKEN = 8;

/** The end of the last whole word within the first `length` characters, 0 when a word is longer than that. */
function wordEnd(text: string, length: number): number {
  let end = length;
  while (end > 0 && !(isBlank(text, end) && !isBlank(text, end - 1))) end--;
  return end;
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 32 || code === 10;
}

export function createPrefixEncoder(library: Tokenizer): ContentEncoder {
  return (text, wanted, out) => {
    for (let length = wanted * FIRST_CHARS_PER_TOKEN; length < text.length; length *= 4) {
      const end = wordEnd(text, length);
      const { ids } = end > 0 ? library.encode(text.slice(0, end), { add_special_tokens: false }) : { ids: [] };
      if (ids.length >= wanted) {
        for (const id of ids.slice(0, wanted)) out.push(id);
        return;
      }
    }
    for (const id of library.encode(text, { add_special_tokens: false }).ids.slice(0, wanted)) out.push(id);
  };
}
