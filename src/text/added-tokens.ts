/**
 * Tokens that are found in a text before it is split into words, special ones above all, as Python `tokenizers` (Rust's
 * `AddedVocabulary`) finds them: leftmost, of several the longest; some only as a word of its own, some with the white space beside them.
 */
import { isObject, type JsonObject } from './json.ts';
import { tokenizerProblem } from './tokenizer-problems.ts';

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
}

/** A stretch of a text: an added token's id, or what lies between two of them. */
export type Section = { readonly id: number } | { readonly text: string; readonly start: number };

/** The `added_tokens` of a tokenizer.json. Throws `Problem`. */
export function readAddedTokens({ added_tokens }: JsonObject): readonly AddedToken[] {
  const list: unknown = added_tokens ?? [];
  if (!Array.isArray(list)) throw tokenizerProblem('added_tokens', 'a list', list);
  return (list as unknown[]).map((entry, i) => {
    const { id, content, special, normalized, single_word, lstrip, rstrip } = isObject(entry) ? entry : {};
    if (typeof content !== 'string' || content === '' || typeof id !== 'number') {
      throw tokenizerProblem(`added_tokens[${i}]`, 'a token with "id" and "content"', entry);
    }
    return {
      id,
      content,
      single_word: single_word === true,
      lstrip: lstrip === true,
      rstrip: rstrip === true,
      normalized: typeof normalized === 'boolean' ? normalized : special !== true,
    };
  });
}

const WORD_BEFORE = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;
const WORD_AFTER = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

/** Splits a text at the tokens; `contentOf` says how each is written in it. */
export function createSectioner(
  tokens: readonly AddedToken[],
  contentOf: (token: AddedToken) => string,
): (text: string) => readonly Section[] {
  const byContent = new Map<string, AddedToken>();
  for (const token of tokens) if (contentOf(token) !== '') byContent.set(contentOf(token), token);
  if (byContent.size === 0) return (text) => (text === '' ? [] : [{ text, start: 0 }]);
  const contents = [...byContent.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(contents.map((content) => content.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'gu');

  return (text) => {
    const sections: Section[] = [];
    let done = 0;
    for (const { 0: content, index } of text.matchAll(pattern)) {
      const token = byContent.get(content);
      let [start, end] = [index, index + content.length];
      if (!token || start < done) continue;
      if (token.single_word && (WORD_BEFORE.test(text.slice(0, start)) || WORD_AFTER.test(text.slice(end)))) continue;
      if (token.lstrip) while (start > done && isSpace(text, start - 1)) start--;
      if (token.rstrip) while (end < text.length && isSpace(text, end)) end++;
      if (start > done) sections.push({ text: text.slice(done, start), start: done });
      sections.push({ id: token.id });
      done = end;
    }
    if (done < text.length) sections.push({ text: text.slice(done), start: done });
    return sections;
  };
}

function isSpace(text: string, at: number): boolean {
  return /\p{White_Space}/u.test(text.charAt(at));
}
