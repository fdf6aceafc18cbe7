/**
 * A tokenizer from the files of a Hugging Face folder, for rows of one text or of two: the ids of Python's `tokenizers`, special tokens
 * and token types by the tokenizer's template, and truncation that always keeps the special tokens.
 */
import { plural } from '../lib/counts.ts';
import { Problem } from '../lib/problem.ts';
import { IdBuffer } from './id-buffer.ts';
import { createPrefixEncoder } from './prefix-encoder.ts';
import { specialTokensIn, type Template } from './template.ts';
import { loadTokenizer } from './tokenizer-files.ts';
import { tokenizerProblem } from './tokenizer-problems.ts';
import { longestFirst } from './truncate.ts';
import { createWordEncoder, splitsAtSpaces } from './word-cache.ts';
import type { TokenizerFiles, TokenRows } from './types.ts';

export interface TextTokenizer {
  /** Throws `Problem` when rows of `maxLength` tokens have no room for a text (a token of each, for pairs). */
  checkMaxLength(maxLength: number, pairs: boolean): void;
  /** Appends one row of at most `maxLength` ids, special tokens kept; `second` null: a row of one text. Returns whether it was cut. */
  encodeInto(text: string, second: string | null, maxLength: number, rows: IdBuffer): boolean;
  /** Row i is `texts[i]`, with `secondTexts` the pair of `texts[i]` and `secondTexts[i]`. */
  encode(texts: readonly string[], maxLength: number, secondTexts?: readonly string[] | null): TokenRows;
}

/** Throws `Problem` when the files do not make a tokenizer. */
export function createTokenizer(files: TokenizerFiles): TextTokenizer {
  const { json, pipeline, templates } = loadTokenizer(files);
  const encodeContent = splitsAtSpaces(json, pipeline) ? createWordEncoder(json, pipeline) : createPrefixEncoder(pipeline);
  const scratch: readonly [number[], number[]] = [[], []];

  const templateOf = (pairs: boolean): Template => {
    const template = pairs ? templates.pair : templates.single;
    if (template) return template;
    throw tokenizerProblem(
      'post_processor.pair',
      'a template for two texts',
      null,
      'Set the second text to "none", or take another model.',
    );
  };

  const checkMaxLength = (maxLength: number, pairs: boolean): void => {
    const special = specialTokensIn(templateOf(pairs));
    const least = special + (pairs ? 2 : 1);
    if (Number.isInteger(maxLength) && maxLength >= least) return;
    const content = pairs ? 'a piece of each text' : 'a piece of the text';
    throw new Problem({
      where: 'max_length',
      expected: `a whole number of at least ${least} (${plural(special, 'special token')} and ${content})`,
      found: String(maxLength),
      fix: 'Choose a larger max_length; 128 is usual.',
    });
  };

  /** Reads both texts until there are `wanted` ids of each, or it ends. */
  const read = (text: string, second: string | null, wanted: number): void => {
    for (const ids of scratch) ids.length = 0;
    encodeContent(text, wanted, scratch[0]);
    if (second !== null) encodeContent(second, wanted, scratch[1]);
  };

  const encodeInto = (text: string, second: string | null, maxLength: number, rows: IdBuffer): boolean => {
    const template = templateOf(second !== null);
    const room = maxLength - specialTokensIn(template);
    // One more than there is room for tells that a text is cut.
    let wanted = room + 1;
    read(text, second, wanted);
    // Of two that are both too long, the longer gets the odd token: then one must be read to its end.
    while (second !== null && room % 2 === 1 && scratch.every((ids) => ids.length >= wanted)) read(text, second, (wanted *= 4));
    const [{ length: first }, { length: other }] = scratch;
    const kept = longestFirst(first, other, room);
    for (const part of template) {
      if ('ids' in part) rows.append(part.ids, part.ids.length, part.type);
      else rows.append(scratch[part.text], kept[part.text], part.type);
    }
    rows.endRow();
    return first + other > room;
  };

  return {
    checkMaxLength,
    encodeInto,
    encode(texts, maxLength, secondTexts = null) {
      checkMaxLength(maxLength, secondTexts !== null);
      const rows = new IdBuffer(texts.length);
      texts.forEach((text, i) => encodeInto(text, secondTexts && (secondTexts[i] ?? ''), maxLength, rows));
      return rows.finish();
    },
  };
}
