/** Files as they should not be: seeded mutations of good ones, for the fuzz run. */
import type { Random } from '../../lib/random.ts';

const MARKS = ['"', '""', ',', ';', '\t', '\n', '\r\n', '\r', '\0', '{', '}', '[', ']', '\\', ':', '\uFEFF', '=', ' '];

type Bytes = Uint8Array<ArrayBuffer>;

function join(...parts: readonly Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const MUTATIONS: readonly ((bytes: Bytes, random: Random) => Bytes)[] = [
  // A byte becomes another.
  (bytes, random) => {
    const changed = bytes.slice();
    if (changed.length > 0) changed[random.below(changed.length)] = random.below(256);
    return changed;
  },
  // A mark that means something to one of the formats comes in.
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    const mark = new TextEncoder().encode(MARKS[random.below(MARKS.length)]);
    return join(bytes.subarray(0, at), mark, bytes.subarray(at));
  },
  // A stretch goes.
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    return join(bytes.subarray(0, at), bytes.subarray(at + random.below(40)));
  },
  // A stretch comes again elsewhere.
  (bytes, random) => {
    const from = random.below(bytes.length + 1);
    const at = random.below(bytes.length + 1);
    return join(bytes.subarray(0, at), bytes.subarray(from, from + random.below(200)), bytes.subarray(at));
  },
  // The file is cut off.
  (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
];

/** One to four mutations. */
export function mutate(bytes: Bytes, random: Random): Bytes {
  let mutated = bytes;
  for (let left = 1 + random.below(4); left > 0; left--) mutated = MUTATIONS[random.below(MUTATIONS.length)]!(mutated, random);
  return mutated;
}
