/**
 * How many different strings there are in a column, counted by 64-bit hashes in two flat arrays: a million texts in a `Set` keep the
 * garbage collector busy for longer than it takes to read them. Two of n strings share a hash with a chance of n² / 2^65.
 */
export function countDistinct(cells: readonly string[], isCounted: (cell: string) => boolean): number {
  const size = 2 ** Math.ceil(Math.log2(Math.max(16, cells.length * 2)));
  const high = new Uint32Array(size);
  const low = new Uint32Array(size);
  let distinct = 0;
  for (const cell of cells) {
    if (!isCounted(cell)) continue;
    // FNV-1a with two offsets and primes, then a murmur3 finish: its low bits pick the slot.
    let a = 0x811c9dc5;
    let b = 0x9e3779b9 ^ cell.length;
    for (let i = 0; i < cell.length; i++) {
      const code = cell.charCodeAt(i);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(b ^ code, 0x85ebca6b);
      b ^= b >>> 15;
    }
    a = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
    a = (a ^ (a >>> 13)) >>> 0;
    // 0, 0 marks a free slot.
    b = b >>> 0 || 1;
    let slot = (a ^ b) & (size - 1);
    while (low[slot] !== 0 && (high[slot] !== a || low[slot] !== b)) slot = (slot + 1) & (size - 1);
    if (low[slot] !== 0) continue;
    high[slot] = a;
    low[slot] = b;
    distinct++;
  }
  return distinct;
}
