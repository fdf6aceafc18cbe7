/**
 * Which texts are nearly the same: MinHash (Broder 1997) over the set of a text's words and pairs of neighbouring words, banded for
 * locality-sensitive hashing, and every pair that a band proposes is checked by its true Jaccard similarity. So precision is 1 by
 * construction; recall is measured in min-hash.test.ts against comparing all pairs.
 *
 * One permutation with densification (Li, Owen, Zhang 2012; Shrivastava 2017: an empty bin copies a full one that its number picks) makes
 * a signature in one pass over the words.
 */
import { finish } from './hash.ts';
import { wordHashes } from './words.ts';

/** Two texts are nearly the same from this Jaccard similarity of their shingle sets on. */
export const NEAR = 0.8;
/** A pair at 0.8 is proposed with a chance of 1 - (1 - 0.8^4)^16 = 0.9998. */
const BANDS = 16;
const ROWS_OF_BAND = 4;
const BINS = BANDS * ROWS_OF_BAND;
const BIN_SHIFT = 32 - Math.log2(BINS);
const EMPTY = 0xffffffff;
/**
 * Bands that must be the same before two texts are compared. Two of 16 leave 99.7 % of the pairs at 0.8 (binomial with 0.8^4) and one in
 * thousands of those at 0.2, which a small vocabulary brings about by the million.
 */
const SAME_BANDS = 2;
/** Words of a text that are looked at. */
const MOST_WORDS = 2048;
/** Texts that a bucket remembers for others to be compared with. */
const OF_BUCKET = 4;

const words = new Uint32Array(MOST_WORDS);
const bins = new Uint32Array(BINS);
const ofOne = new Uint32Array(2 * MOST_WORDS);
const ofOther = new Uint32Array(2 * MOST_WORDS);

/**
 * The set of shingles, sorted: words and pairs of neighbours. Empty for a text without words. It lies in `room`, for twice `MOST_WORDS`
 * shingles, until that is used again.
 */
export function shinglesOf(text: string, room = new Uint32Array(2 * MOST_WORDS)): Uint32Array {
  const count = wordHashes(text, words);
  const all = room.subarray(0, Math.max(0, 2 * count - 1));
  for (let i = 0; i < count; i++) all[i] = words[i]!;
  for (let i = 0; i + 1 < count; i++) all[count + i] = pairHash(words[i]!, words[i + 1]!);
  all.sort();
  let kept = 0;
  for (let i = 0; i < all.length; i++) if (i === 0 || all[i] !== all[i - 1]) all[kept++] = all[i]!;
  return all.subarray(0, kept);
}

function pairHash(first: number, second: number): number {
  return finish(Math.imul(first, 0x9e3779b1) ^ second);
}

/** |a ∩ b| / |a ∪ b| of two sorted sets. */
export function jaccard(a: Uint32Array, b: Uint32Array): number {
  let [i, j, shared] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const difference = a[i]! - b[j]!;
    if (difference === 0) shared++;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return a.length + b.length === 0 ? 1 : shared / (a.length + b.length - shared);
}

/** Writes the band hashes of `text` to out[at .. at + 16). */
function writeBands(text: string, out: Int32Array, at: number): void {
  const count = wordHashes(text, words);
  bins.fill(EMPTY);
  const put = (hash: number): void => {
    const bin = hash >>> BIN_SHIFT;
    const value = finish(hash);
    if (value < bins[bin]!) bins[bin] = value;
  };
  for (let i = 0; i < count; i++) put(words[i]!);
  for (let i = 0; i + 1 < count; i++) put(pairHash(words[i]!, words[i + 1]!));
  for (let band = 0; band < BANDS; band++) {
    let hash = band;
    for (let row = 0; row < ROWS_OF_BAND; row++) {
      const bin = band * ROWS_OF_BAND + row;
      let from = bin;
      for (let attempt = 1; bins[from] === EMPTY; attempt++)
        from = finish(Math.imul(bin + 1, 0x9e3779b1) + attempt) >>> BIN_SHIFT;
      hash = Math.imul(hash ^ bins[from]!, 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    out[at + band] = hash;
  }
}

function sameBands(bands: Int32Array, one: number, other: number): number {
  let same = 0;
  for (let band = 0; band < BANDS; band++) if (bands[one * BANDS + band] === bands[other * BANDS + band]) same++;
  return same;
}

export interface NearPairs {
  /** Pairs of indices into the texts, similar by `NEAR`, as [first, second, first, second, ...]; their closure makes the clusters. */
  readonly pairs: Uint32Array;
  /** False when the texts are so alike that not every proposed pair was compared. */
  readonly complete: boolean;
}

/** Work between two calls of `pause`, in texts. */
const SLICE = 4096;

/**
 * `textOf(i)` for i below `count`: each with at least one word. `pause` is awaited between slices of the work; it may throw to end it.
 */
export async function findNearPairs(
  count: number,
  textOf: (index: number) => string,
  pause: () => Promise<void>,
): Promise<NearPairs> {
  const bands = new Int32Array(count * BANDS);
  for (let i = 0; i < count; i++) {
    writeBands(textOf(i), bands, i * BANDS);
    if (i % SLICE === SLICE - 1) await pause();
  }
  const parent = Uint32Array.from({ length: count }, (_, i) => i);
  const rootOf = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root] = parent[parent[root]!]!;
    return root;
  };
  const pairs: number[] = [];
  let comparisons = 4 * count + 1_000_000;
  const size = 2 ** Math.ceil(Math.log2(Math.max(16, count * 2)));
  for (let band = 0; band < BANDS; band++) {
    // heads[slot]: 1 + the text that was remembered first; after[i]: 1 + the next one in the same slot.
    const heads = new Uint32Array(size);
    const after = new Uint32Array(count);
    // Beside each other, for the memory is slower than the work.
    const hashes = new Int32Array(count);
    for (let i = 0; i < count; i++) hashes[i] = bands[i * BANDS + band]!;
    for (let i = 0; i < count; i++) {
      const hash = hashes[i]!;
      const slot = finish(hash) & (size - 1);
      let [met, last, found] = [0, -1, false];
      let mine: Uint32Array | null = null;
      for (let other = heads[slot]! - 1; other >= 0 && !found; other = after[other]! - 1) {
        last = other;
        if (hashes[other] !== hash) continue;
        met++;
        if (rootOf(other) === rootOf(i)) found = true;
        else if (comparisons > 0 && sameBands(bands, other, i) >= SAME_BANDS) {
          comparisons--;
          mine ??= shinglesOf(textOf(i), ofOne);
          if (jaccard(mine, shinglesOf(textOf(other), ofOther)) < NEAR) continue;
          found = true;
          pairs.push(other, i);
          parent[rootOf(i)] = rootOf(other);
        }
      }
      if (!found && met < OF_BUCKET) {
        if (last < 0) heads[slot] = i + 1;
        else after[last] = i + 1;
      }
      if (i % SLICE === SLICE - 1) await pause();
    }
  }
  return { pairs: Uint32Array.from(pairs), complete: comparisons > 0 };
}
