/**
 * BERT's WordPiece a word at a time, with a memory. BERT's tokenizer never looks across white space: the ids of a text are the ids
 * of its words, one after another. So a word is worked out once and remembered, and a text is read only as far as ids
 * are wanted. Other tokenizers (byte-level BPE, Unigram) keep the space with the word; `prefix-encoder.ts` is theirs.
 */
import type { Tokenizer } from '@huggingface/tokenizers';
import { isObject, type JsonObject, type LoadedTokenizer } from './tokenizer-files.ts';
import { wordPieceIds, type WordPieceModel } from './word-piece.ts';

/** Ids of a text without special tokens: appends them to `out` until there are at least `wanted`, or the text ends. */
export type ContentEncoder = (text: string, wanted: number, out: number[]) => void;

const REMEMBERED_WORDS = 200_000;
/** A longer run without a space is not a word that comes again, and may be a megabyte: it is read in part. */
const LONGEST_RUN = 256;

function partType(json: JsonObject, part: string): unknown {
  const value = json[part];
  return isObject(value) ? value['type'] : undefined;
}

interface AddedToken {
  readonly content: string;
  readonly plain: boolean;
}

function addedTokens(json: JsonObject): readonly AddedToken[] {
  const { added_tokens } = json;
  const tokens = Array.isArray(added_tokens) ? added_tokens.filter(isObject) : [];
  return tokens.map(({ content, lstrip, rstrip }) => ({
    content: String(content),
    plain: !/\s/.test(String(content)) && lstrip !== true && rstrip !== true,
  }));
}

/** Whether the ids of a text are those of its words laid end to end. */
export function splitsAtSpaces({ json, config }: LoadedTokenizer): boolean {
  return (
    partType(json, 'normalizer') === 'BertNormalizer' &&
    partType(json, 'pre_tokenizer') === 'BertPreTokenizer' &&
    partType(json, 'model') === 'WordPiece' &&
    config['do_lowercase_and_remove_accent'] !== true &&
    addedTokens(json).every(({ plain }) => plain)
  );
}

function modelOf(library: Tokenizer, json: JsonObject): WordPieceModel {
  const model = isObject(json['model']) ? json['model'] : {};
  const { unk_token, continuing_subword_prefix, max_input_chars_per_word, vocab } = model;
  let longestPiece = 1;
  for (const piece of isObject(vocab) ? Object.keys(vocab) : []) longestPiece = Math.max(longestPiece, piece.length);
  return {
    pieceId: (piece) => library.token_to_id(piece),
    unknownId: library.token_to_id(String(unk_token)) ?? 0,
    continuingPrefix: typeof continuing_subword_prefix === 'string' ? continuing_subword_prefix : '##',
    longestWord: typeof max_input_chars_per_word === 'number' ? max_input_chars_per_word : 100,
    longestPiece,
  };
}

function remember(memory: Map<string, readonly number[]>, word: string, ids: readonly number[]): readonly number[] {
  if (memory.size >= REMEMBERED_WORDS) memory.clear();
  // A substring keeps the whole file's text alive; joined from its characters it is a string of its own.
  memory.set(word.split('').join(''), ids);
  return ids;
}

/** For a tokenizer that `splitsAtSpaces`. */
export function createWordEncoder({ library, json }: LoadedTokenizer): ContentEncoder {
  const { normalizer, pre_tokenizer } = library;
  const model = modelOf(library, json);
  const added = addedTokens(json).map(({ content }) => content.toLowerCase());
  /** How many of the last ids of a run that was cut may change when it goes on: those of its last word, or of half a special token. */
  const tail = model.longestWord + Math.max(0, ...added.map(({ length }) => length));
  /** Ids of a run between two spaces, as written, and of a word in it, normalised and without punctuation. */
  const runs = new Map<string, readonly number[]>();
  const words = new Map<string, readonly number[]>();

  const byLibrary = (run: string): readonly number[] => library.encode(run, { add_special_tokens: false }).ids;

  const encodeRun = (run: string): readonly number[] => {
    if (!normalizer || !pre_tokenizer) return byLibrary(run);
    const lower = run.toLowerCase();
    const normal = normalizer.normalize(run);
    if (added.some((content) => lower.includes(content) || normal.includes(content))) return byLibrary(run);
    const ids: number[] = [];
    for (const word of pre_tokenizer.pre_tokenize(normal)) {
      for (const id of words.get(word) ?? remember(words, word, wordPieceIds(model, word))) ids.push(id);
    }
    return ids;
  };

  const encodeLongRun = (run: string, wanted: number): readonly number[] => {
    for (let length = 4 * (wanted + tail); length < run.length; length *= 4) {
      const ids = byLibrary(run.slice(0, length));
      if (ids.length - tail >= wanted) return ids.slice(0, wanted);
    }
    return byLibrary(run);
  };

  return (text, wanted, out) => {
    const { length } = text;
    for (let at = 0; at < length && out.length < wanted;) {
      while (at < length && isSpace(text.charCodeAt(at))) at++;
      const start = at;
      while (at < length && !isSpace(text.charCodeAt(at))) at++;
      if (at === start) break;
      const run = text.slice(start, at);
      const ids =
        run.length > LONGEST_RUN
          ? encodeLongRun(run, wanted - out.length)
          : (runs.get(run) ?? remember(runs, run, encodeRun(run)));
      for (const id of ids) out.push(id);
    }
  };
}

/** Space, tab, line feed, carriage return. The pre-tokenizer sees to all other white space, inside of a run. */
function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}
