/**
 * Byte-pair encoding (Sennrich et al. 2016) as Python `tokenizers` computes it: the pair with the lowest rank is merged first, of equal
 * ones the leftmost, until no pair is left. A heap of pairs keeps a word of a megabyte from taking the square of its length.
 */
import { isObject, type JsonObject } from './json.ts';
import { tokenizerProblem } from './tokenizer-problems.ts';

interface Merges {
  /** By `left * size + right`. */
  readonly rankOf: ReadonlyMap<number, number>;
  /** The id that the merge of each rank makes. */
  readonly made: Int32Array;
}

/** Positions in a word are below this; rank * it + position is a whole number that a double holds exactly. */
const POSITIONS = 2 ** 30;

function readVocabulary(vocab: unknown): ReadonlyMap<string, number> {
  if (!isObject(vocab)) throw tokenizerProblem('model.vocab', 'an object from tokens to ids', vocab);
  const ids = new Map<string, number>();
  for (const [token, id] of Object.entries(vocab)) {
    if (typeof id !== 'number') throw tokenizerProblem(`model.vocab, ${JSON.stringify(token)}`, 'an id', id);
    ids.set(token, id);
  }
  return ids;
}

/** "a b" in old files, ["a", "b"] in new ones. */
function readMerge(value: unknown): readonly [string, string] | null {
  const parts: unknown = typeof value === 'string' ? value.split(' ') : value;
  if (!Array.isArray(parts) || parts.length !== 2) return null;
  const [left, right] = parts as unknown[];
  return typeof left === 'string' && typeof right === 'string' ? [left, right] : null;
}

function readMerges(merges: unknown, ids: ReadonlyMap<string, number>, size: number): Merges {
  if (!Array.isArray(merges)) throw tokenizerProblem('model.merges', 'a list of pairs of tokens', merges);
  const rankOf = new Map<number, number>();
  const made = new Int32Array(merges.length);
  merges.forEach((value: unknown, rank) => {
    const place = `model.merges[${rank}]`;
    const pair = readMerge(value);
    if (!pair) throw tokenizerProblem(place, 'two tokens', value);
    const idOf = (token: string): number => {
      const id = ids.get(token);
      if (id === undefined) throw tokenizerProblem(place, 'tokens of the vocabulary', token);
      return id;
    };
    const [left, right, whole] = [idOf(pair[0]), idOf(pair[1]), idOf(pair.join(''))];
    rankOf.set(left * size + right, rank);
    made[rank] = whole;
  });
  return { rankOf, made };
}

/** A heap of numbers, the smallest on top. */
function createHeap() {
  const heap: number[] = [];
  return {
    push(value: number): void {
      let at = heap.length;
      for (; at > 0; at = (at - 1) >> 1) {
        const parent = heap[(at - 1) >> 1]!;
        if (parent <= value) break;
        heap[at] = parent;
      }
      heap[at] = value;
    },
    pop(): number | undefined {
      const top = heap[0];
      const value = heap.pop();
      const { length } = heap;
      if (value === undefined || length === 0) return top;
      let at = 0;
      for (let child = 1; child < length; child = 2 * at + 1) {
        if (child + 1 < length && heap[child + 1]! < heap[child]!) child++;
        if (heap[child]! >= value) break;
        heap[at] = heap[child]!;
        at = child;
      }
      heap[at] = value;
      return top;
    },
  };
}

/** Merges `symbols` in place and gives what is left of them. */
function mergeAll(symbols: number[], { rankOf, made }: Merges, size: number): readonly number[] {
  const { length } = symbols;
  if (length < 2) return symbols;
  const previous = Int32Array.from(symbols, (_, i) => i - 1);
  const next = Int32Array.from(symbols, (_, i) => i + 1);
  const heap = createHeap();
  const rankAt = (at: number): number | undefined =>
    at >= 0 && next[at]! < length ? rankOf.get(symbols[at]! * size + symbols[next[at]!]!) : undefined;
  const offer = (at: number): void => {
    const rank = rankAt(at);
    if (rank !== undefined) heap.push(rank * POSITIONS + at);
  };
  for (let at = 0; at + 1 < length; at++) offer(at);
  for (let key = heap.pop(); key !== undefined; key = heap.pop()) {
    const at = key % POSITIONS;
    const rank = (key - at) / POSITIONS;
    // The pair may be gone since: one of its symbols merged with another.
    if (symbols[at] === -1 || rankAt(at) !== rank) continue;
    const gone = next[at]!;
    symbols[at] = made[rank]!;
    symbols[gone] = -1;
    next[at] = next[gone]!;
    if (next[at] < length) previous[next[at]] = at;
    offer(previous[at]!);
    offer(at);
  }
  return symbols.filter((id) => id !== -1);
}

/** Ids of a word that is normalised and pre-tokenized. Throws `Problem` for a model of another kind. */
export function createBytePairs(model: JsonObject): (word: string) => readonly number[] {
  for (const key of ['continuing_subword_prefix', 'end_of_word_suffix'] as const) {
    if ((model[key] ?? '') !== '') throw tokenizerProblem(`model.${key}`, 'none, as in RoBERTa', model[key]);
  }
  if (model['byte_fallback'] === true) throw tokenizerProblem('model.byte_fallback', 'false', true);
  const ids = readVocabulary(model['vocab']);
  let size = 1;
  for (const id of ids.values()) size = Math.max(size, id + 1);
  const merges = readMerges(model['merges'], ids, size);
  const { unk_token, fuse_unk, ignore_merges } = model;
  const unknown = typeof unk_token === 'string' ? ids.get(unk_token) : undefined;
  if (typeof unk_token === 'string' && unknown === undefined) {
    throw tokenizerProblem('model.unk_token', 'a token of the vocabulary', unk_token);
  }

  return (word) => {
    const whole = ignore_merges === true ? ids.get(word) : undefined;
    if (whole !== undefined) return [whole];
    const symbols: number[] = [];
    let afterUnknown = false;
    for (const character of word) {
      const id = ids.get(character);
      // Without an unknown token, what the vocabulary has not is left out.
      if (id !== undefined) symbols.push(id);
      else if (unknown !== undefined && !(fuse_unk === true && afterUnknown)) symbols.push(unknown);
      afterUnknown = id === undefined;
    }
    return mergeAll(symbols, merges, size);
  };
}
