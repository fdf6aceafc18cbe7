/**
 * WordPiece's greedy longest match (Wu et al. 2016, as BERT uses it): the longest piece of the vocabulary that begins the word, then
 * the longest that goes on, marked by "##"; a word that cannot be covered, or is too long, is the unknown token. The same ids as
 * the library's, without an array of characters for every attempt.
 */
export interface WordPieceModel {
  /** The id of a piece, undefined when it is not in the vocabulary. */
  pieceId(piece: string): number | undefined;
  readonly unknownId: number;
  readonly continuingPrefix: string;
  /** Characters (code points) of the longest word that is split at all. */
  readonly longestWord: number;
  /** Code units of the longest piece, its prefix counted. */
  readonly longestPiece: number;
}

function codePoints(word: string): number {
  let count = 0;
  for (const _ of word) count++;
  return count;
}

/** Ids of one word: no spaces in it, already normalised. */
export function wordPieceIds(model: WordPieceModel, word: string): readonly number[] {
  const { length } = word;
  if (length > model.longestWord && codePoints(word) > model.longestWord) return [model.unknownId];
  const ids: number[] = [];
  for (let start = 0; start < length;) {
    let end = Math.min(length, start + model.longestPiece);
    let id: number | undefined;
    for (; end > start; end--) {
      const part = word.slice(start, end);
      id = model.pieceId(start > 0 ? model.continuingPrefix + part : part);
      if (id !== undefined) break;
    }
    if (id === undefined) return [model.unknownId];
    ids.push(id);
    start = end;
  }
  return ids;
}
