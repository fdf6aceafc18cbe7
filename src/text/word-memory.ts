/** Ids of words that were met before. The bound keeps a dataset of ids or hashes from filling the memory. */
const REMEMBERED_WORDS = 200_000;
/** A longer word is not one that comes again, and may be a megabyte. */
const LONGEST_WORD = 256;

/** `encode` with a memory: the same ids, worked out once a word. */
export function rememberWords(encode: (word: string) => readonly number[]): (word: string) => readonly number[] {
  const memory = new Map<string, readonly number[]>();
  return (word) => {
    const known = memory.get(word);
    if (known) return known;
    const ids = encode(word);
    if (word.length > LONGEST_WORD) return ids;
    if (memory.size >= REMEMBERED_WORDS) memory.clear();
    // A substring keeps the whole file's text alive; joined from its characters it is a string of its own.
    memory.set(word.split('').join(''), ids);
    return ids;
  };
}
