/**
 * The Unigram language model (Kudo 2018) as Python `tokenizers` computes it: the most likely sequence of pieces, by Viterbi over the places
 * between characters. A character that no piece covers costs ten more than the unlikeliest piece, and runs of them are one unknown
 * token. Sums are f64 in the same order, so that ties fall the same way.
 */
import { tokenizerProblem } from './tokenizer-problems.ts';
import type { JsonObject } from './json.ts';

const UNKNOWN_PENALTY = 10;

interface Pieces {
  readonly ids: ReadonlyMap<string, number>;
  readonly scores: Float64Array;
  readonly lowest: number;
  /** Code units of the longest piece. */
  readonly longest: number;
}

function readPieces(vocab: unknown): Pieces {
  const expected = 'a vocabulary of [piece, score] pairs';
  if (!Array.isArray(vocab) || vocab.length === 0) throw tokenizerProblem('model.vocab', expected, vocab);
  const ids = new Map<string, number>();
  const scores = new Float64Array(vocab.length);
  let [lowest, longest] = [Infinity, 1];
  vocab.forEach((entry: unknown, id) => {
    const [piece, score] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof piece !== 'string' || typeof score !== 'number') throw tokenizerProblem(`model.vocab[${id}]`, expected, entry);
    ids.set(piece, id);
    scores[id] = score;
    lowest = Math.min(lowest, score);
    longest = Math.max(longest, piece.length);
  });
  return { ids, scores, lowest, longest };
}

function widthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** Ids of a word that is normalised and pre-tokenized. Throws `Problem` for a model of another kind. */
export function createUnigram(model: JsonObject): (word: string) => readonly number[] {
  const { unk_id, byte_fallback, vocab } = model;
  if (byte_fallback === true) throw tokenizerProblem('model.byte_fallback', 'false', byte_fallback);
  const { ids, scores, lowest, longest } = readPieces(vocab);
  if (typeof unk_id !== 'number' || !(unk_id in scores))
    throw tokenizerProblem('model.unk_id', 'the id of the unknown token', unk_id);
  const unknownScore = lowest - UNKNOWN_PENALTY;

  return (word) => {
    const { length } = word;
    // For each place: the likeliest way there, the place that its last piece begins at, and that piece.
    const best = new Float64Array(length + 1);
    const from = new Int32Array(length + 1).fill(-1);
    const last = new Int32Array(length + 1);
    const offer = (start: number, end: number, id: number, score: number): void => {
      if (from[end]! >= 0 && score <= best[end]!) return;
      best[end] = score;
      from[end] = start;
      last[end] = id;
    };
    for (let start = 0; start < length;) {
      const width = widthAt(word, start);
      let covered = false;
      for (let end = start + width; end <= Math.min(length, start + longest); end += end < length ? widthAt(word, end) : 1) {
        const id = ids.get(word.slice(start, end));
        if (id === undefined) continue;
        offer(start, end, id, scores[id]! + best[start]!);
        covered ||= end === start + width;
      }
      if (!covered) offer(start, start + width, unk_id, unknownScore + best[start]!);
      start += width;
    }
    const found: number[] = [];
    for (let end = length; end > 0; end = from[end]!) {
      const id = last[end]!;
      if (id !== unk_id || found.at(-1) !== unk_id) found.push(id);
    }
    return found.reverse();
  };
}
