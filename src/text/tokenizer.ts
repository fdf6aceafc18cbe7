/**
 * A tokenizer from the files of a Hugging Face folder: the library splits words into pieces, special tokens and truncation are ours.
 * The library cuts [SEP] off with the rest; here a cut row keeps the special tokens at both of its ends.
 */
import { plural } from '../lib/counts.ts';
import { Problem } from '../lib/problem.ts';
import { IdBuffer } from './id-buffer.ts';
import { createPrefixEncoder } from './prefix-encoder.ts';
import { loadTokenizer, type LoadedTokenizer } from './tokenizer-files.ts';
import { createWordEncoder, splitsAtSpaces } from './word-cache.ts';
import type { TokenizerFiles, TokenRows } from './types.ts';

export interface TextTokenizer {
  /** Special tokens around a text: 2 for BERT's [CLS] and [SEP]. */
  readonly specialTokens: number;
  /** Throws `Problem` when rows of `maxLength` tokens have no room for a text. */
  checkMaxLength(maxLength: number): void;
  /** Appends one row of at most `maxLength` ids, special tokens kept; returns whether the text was cut. */
  encodeInto(text: string, maxLength: number, rows: IdBuffer): boolean;
  encode(texts: readonly string[], maxLength: number): TokenRows;
}

interface Wrapping {
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
}

const PROBES = ['a', 'the', '.'];

/** What the post-processor puts around a text, found by looking at how it wraps one. */
function findWrapping({ library }: LoadedTokenizer): Wrapping {
  for (const probe of PROBES) {
    const content = library.encode(probe, { add_special_tokens: false }).ids;
    if (content.length === 0) continue;
    const wrapped = library.encode(probe).ids;
    for (let at = 0; at + content.length <= wrapped.length; at++) {
      if (content.every((id, i) => wrapped[at + i] === id)) {
        return { prefix: wrapped.slice(0, at), suffix: wrapped.slice(at + content.length) };
      }
    }
  }
  throw new Problem({
    where: 'tokenizer.json, post_processor',
    expected: 'special tokens before and after a text',
    found: 'a text that comes back changed',
    fix: 'Take a BERT-family tokenizer ([CLS] text [SEP]).',
  });
}

/** Throws `Problem` when the files do not make a tokenizer. */
export function createTokenizer(files: TokenizerFiles): TextTokenizer {
  const loaded = loadTokenizer(files);
  const { prefix, suffix } = findWrapping(loaded);
  const specialTokens = prefix.length + suffix.length;
  const encodeContent = splitsAtSpaces(loaded) ? createWordEncoder(loaded) : createPrefixEncoder(loaded.library);
  const scratch: number[] = [];

  const checkMaxLength = (maxLength: number): void => {
    if (Number.isInteger(maxLength) && maxLength > specialTokens) return;
    throw new Problem({
      where: 'max_length',
      expected: `a whole number of at least ${specialTokens + 1} (${plural(specialTokens, 'special token')} and a piece of the text)`,
      found: String(maxLength),
      fix: 'Choose a larger max_length; 128 is usual.',
    });
  };

  const encodeInto = (text: string, maxLength: number, rows: IdBuffer): boolean => {
    const room = maxLength - specialTokens;
    scratch.length = 0;
    encodeContent(text, room + 1, scratch);
    rows.appendRow(prefix, scratch, Math.min(room, scratch.length), suffix);
    return scratch.length > room;
  };

  return {
    specialTokens,
    checkMaxLength,
    encodeInto,
    encode(texts, maxLength) {
      checkMaxLength(maxLength);
      const rows = new IdBuffer(texts.length);
      for (const text of texts) encodeInto(text, maxLength, rows);
      return rows.finish();
    },
  };
}
