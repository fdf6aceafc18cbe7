/**
 * BERT's WordPiece a word at a time, with a memory. BERT's tokenizer never looks across white space: the ids of a text are the ids
 * of its words, one after another. So a word is worked out once and remembered, and a text is read only as far as ids
 * are wanted. Other tokenizers (byte-level BPE, Unigram) keep the space with the word; `prefix-encoder.ts` is theirs.
 */
import { isObject, type JsonObject } from './json.ts';
import type { Pipeline } from './pipeline.ts';
import { rememberWords } from './word-memory.ts';
import { longestWordOf } from './word-piece.ts';

/** Ids of a text without special tokens: appends them to `out` until there are at least `wanted`, or the text ends. */
export type ContentEncoder = (text: string, wanted: number, out: number[]) => void;

/** A longer run without a space is read in part: it may be a megabyte. */
const LONGEST_RUN = 256;

function partType(json: JsonObject, part: string): unknown {
  const value = json[part];
  return isObject(value) ? value['type'] : undefined;
}

/** Whether the ids of a text are those of its words laid end to end. */
export function splitsAtSpaces(json: JsonObject, { kind, addedTokens }: Pipeline): boolean {
  return (
    kind === 'WordPiece' &&
    partType(json, 'normalizer') === 'BertNormalizer' &&
    partType(json, 'pre_tokenizer') === 'BertPreTokenizer' &&
    addedTokens.every(({ content, lstrip, rstrip, single_word }) => !/\s/.test(content) && !lstrip && !rstrip && !single_word)
  );
}

/** For a tokenizer that `splitsAtSpaces`. */
export function createWordEncoder({ model }: JsonObject, pipeline: Pipeline): ContentEncoder {
  const { normalize, preTokenize, wordIds, addedTokens } = pipeline;
  const added = addedTokens.map(({ content }) => content.toLowerCase());
  /** How many of the last ids of a run that was cut may change when it goes on: those of its last word, or of half a special token. */
  const tail = longestWordOf(isObject(model) ? model : {}) + Math.max(0, ...added.map(({ length }) => length));

  const whole = (run: string): readonly number[] => {
    const ids: number[] = [];
    pipeline.encode(run, ids);
    return ids;
  };

  /** Ids of a run between two spaces, as written. */
  const runIds = rememberWords((run) => {
    const lower = run.toLowerCase();
    const normal = normalize(run);
    if (added.some((content) => lower.includes(content) || normal.includes(content))) return whole(run);
    return preTokenize(normal, false).flatMap(wordIds);
  });

  const encodeLongRun = (run: string, wanted: number): readonly number[] => {
    for (let length = 4 * (wanted + tail); length < run.length; length *= 4) {
      const ids = whole(run.slice(0, length));
      if (ids.length - tail >= wanted) return ids.slice(0, wanted);
    }
    return whole(run);
  };

  return (text, wanted, out) => {
    const { length } = text;
    for (let at = 0; at < length && out.length < wanted;) {
      while (at < length && isSpace(text.charCodeAt(at))) at++;
      const start = at;
      while (at < length && !isSpace(text.charCodeAt(at))) at++;
      if (at === start) break;
      const run = text.slice(start, at);
      for (const id of run.length > LONGEST_RUN ? encodeLongRun(run, wanted - out.length) : runIds(run)) out.push(id);
    }
  };
}

/** Space, tab, line feed, carriage return. The pre-tokenizer sees to all other white space, inside of a run. */
function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}
