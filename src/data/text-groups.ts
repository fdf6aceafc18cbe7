/** Which rows have the same text, exactly or nearly. Depends on the texts alone, so one answer serves every choice of label and split. */
import { createFirstOf, hash64 } from './hash.ts';
import { findNearPairs } from './min-hash.ts';
import { wordHashes } from './words.ts';

export interface TextGroups {
  /** hashes[2 r], hashes[2 r + 1]: 64 bits of row r's text without the white space around it. */
  readonly hashes: Uint32Array;
  /** The first row with the same text, white space around it aside: itself when it is new. */
  readonly exact: Uint32Array;
  /** The first row whose text is the same or nearly so (min-hash.ts), in one or more steps. */
  readonly near: Uint32Array;
  /** False when texts are so alike that not all were compared. */
  readonly complete: boolean;
}

const SLICE = 16_384;
/** Texts of fewer words are the same when their words are, never nearly so. */
const FEWEST_WORDS = 4;

/** First and last place of what is not white space. */
function trimmed(text: string): readonly [from: number, to: number] {
  const from = text.length - text.trimStart().length;
  return [from, Math.max(from, text.trimEnd().length)];
}

/** `pause` is awaited between slices of the work; it may throw to end it. */
export async function groupTexts(texts: readonly string[], pause: () => Promise<void>): Promise<TextGroups> {
  const rows = texts.length;
  const hashes = new Uint32Array(rows * 2);
  const exact = new Uint32Array(rows);
  const near = new Uint32Array(rows);
  const sameText = createFirstOf(rows);
  const sameWords = createFirstOf(rows);
  const words = new Uint32Array(4096);
  const different: number[] = [];
  for (let r = 0; r < rows; r++) {
    const text = texts[r]!;
    const [from, to] = trimmed(text);
    hash64(text, from, to, hashes, r * 2);
    exact[r] = sameText.add(hashes[r * 2]!, hashes[r * 2 + 1]!, r);
    near[r] = exact[r]!;
    if (exact[r] === r) {
      const count = wordHashes(text, words);
      if (count > 0) {
        const [high, low] = sequenceHash(words, count);
        near[r] = sameWords.add(high, low, r);
        if (near[r] === r && count >= FEWEST_WORDS) different.push(r);
      }
    }
    if (r % SLICE === SLICE - 1) await pause();
  }
  const { pairs, complete } = await findNearPairs(different.length, (i) => texts[different[i]!]!, pause);
  for (let i = 0; i < pairs.length; i += 2) unite(near, different[pairs[i]!]!, different[pairs[i + 1]!]!);
  // The first row of a group comes before all others of it, so one pass settles them.
  for (let r = 0; r < rows; r++) near[r] = near[near[r]!]!;
  return { hashes, exact, near, complete };
}

function sequenceHash(words: Uint32Array, count: number): readonly [high: number, low: number] {
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  for (let i = 0; i < count; i++) {
    a = Math.imul(a ^ words[i]!, 0x01000193) ^ (a >>> 13);
    b = Math.imul(b ^ words[i]!, 0x85ebca6b);
    b ^= b >>> 15;
  }
  return [a >>> 0, b >>> 0 || 1];
}

function rootOf(parent: Uint32Array, row: number): number {
  let root = row;
  while (parent[root] !== root) root = parent[root] = parent[parent[root]!]!;
  return root;
}

/** The earlier root becomes the root of both: parents always come before their children. */
export function unite(parent: Uint32Array, a: number, b: number): void {
  const [first, second] = [rootOf(parent, a), rootOf(parent, b)];
  if (first < second) parent[second] = first;
  else parent[first] = second;
}
