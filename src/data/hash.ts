/**
 * 64-bit hashes of strings in flat arrays: a million texts in a `Map` keep the garbage collector busy for longer than it takes to read
 * them. Two of n strings share a hash with a chance of n² / 2^65. Not for secrets; the fingerprint of a dataset is SHA-256 over these.
 */

/** Writes the hash of `text.slice(from, to)` to `out[at]` and `out[at + 1]`. */
export function hash64(text: string, from: number, to: number, out: Uint32Array, at: number): void {
  // FNV-1a with two offsets and primes, then a murmur3 finish: its low bits pick a slot.
  let a = 0x811c9dc5;
  let b = 0x9e3779b9 ^ (to - from);
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
    b ^= b >>> 15;
  }
  out[at] = finish(a);
  // 0, 0 marks a free slot.
  out[at + 1] = b >>> 0 || 1;
}

/** The last steps of murmur3: every bit of the result depends on every bit of `a`. */
export function finish(a: number): number {
  const b = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
  const c = Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  return (c ^ (c >>> 16)) >>> 0;
}

export interface FirstOf {
  /** The row that was added first with this hash: `row` itself when it is new. */
  add(high: number, low: number, row: number): number;
}

/** Which row had a hash first. `capacity`: rows that will be added at most. */
export function createFirstOf(capacity: number): FirstOf {
  const size = 2 ** Math.ceil(Math.log2(Math.max(16, capacity * 2)));
  const highs = new Uint32Array(size);
  const lows = new Uint32Array(size);
  const rows = new Uint32Array(size);
  return {
    add(high, low, row) {
      let slot = (high ^ low) & (size - 1);
      while (lows[slot] !== 0 && (highs[slot] !== high || lows[slot] !== low)) slot = (slot + 1) & (size - 1);
      if (lows[slot] !== 0) return rows[slot]!;
      highs[slot] = high;
      lows[slot] = low;
      rows[slot] = row;
      return row;
    },
  };
}
