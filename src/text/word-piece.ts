/**
 * WordPiece's greedy longest match (Wu et al. 2016, as BERT uses it): the longest piece of the vocabulary that begins the word, then
 * the longest that goes on, marked by "##"; a word that cannot be covered, or is too long, is the unknown token. The same ids as
 * the library's, without an array of characters for every attempt.
 */
import { isObject, type JsonObject } from './json.ts';
import { tokenizerProblem } from './tokenizer-problems.ts';

interface WordPieceModel {
  readonly ids: ReadonlyMap<string, number>;
  readonly unknownId: number;
  readonly continuingPrefix: string;
  /** Characters (code points) of the longest word that is split at all. */
  readonly longestWord: number;
  /** Code units of the longest piece, its prefix counted. */
  readonly longestPiece: number;
}

/** Characters of the longest word that a WordPiece model splits; longer ones are unknown. */
export function longestWordOf({ max_input_chars_per_word: most }: JsonObject): number {
  return typeof most === 'number' ? most : 100;
}

function readModel(model: JsonObject): WordPieceModel {
  const { vocab, unk_token, continuing_subword_prefix: prefix } = model;
  if (!isObject(vocab)) throw tokenizerProblem('model.vocab', 'an object from pieces to ids', vocab);
  const ids = new Map<string, number>();
  let longestPiece = 1;
  for (const [piece, id] of Object.entries(vocab)) {
    if (typeof id !== 'number') throw tokenizerProblem(`model.vocab, ${JSON.stringify(piece)}`, 'an id', id);
    ids.set(piece, id);
    longestPiece = Math.max(longestPiece, piece.length);
  }
  const unknownId = typeof unk_token === 'string' ? ids.get(unk_token) : undefined;
  if (unknownId === undefined) {
    throw tokenizerProblem('model.unk_token', 'a token of the vocabulary, for unknown words', unk_token);
  }
  const continuingPrefix = typeof prefix === 'string' ? prefix : '##';
  return { ids, unknownId, continuingPrefix, longestWord: longestWordOf(model), longestPiece };
}

function codePoints(word: string): number {
  let count = 0;
  for (const _ of word) count++;
  return count;
}

/** Ids of one word: no spaces in it, already normalised. Throws `Problem` for a model of another kind. */
export function createWordPiece(json: JsonObject): (word: string) => readonly number[] {
  const { ids: vocabulary, unknownId, continuingPrefix, longestWord, longestPiece } = readModel(json);
  return (word) => {
    const { length } = word;
    if (length > longestWord && codePoints(word) > longestWord) return [unknownId];
    const ids: number[] = [];
    for (let start = 0; start < length;) {
      let end = Math.min(length, start + longestPiece);
      let id: number | undefined;
      for (; end > start; end--) {
        const part = word.slice(start, end);
        id = vocabulary.get(start > 0 ? continuingPrefix + part : part);
        if (id !== undefined) break;
      }
      if (id === undefined) return [unknownId];
      ids.push(id);
      start = end;
    }
    return ids;
  };
}
