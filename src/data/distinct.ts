/** How many different strings there are in a column. */
import { createFirstOf, hash64 } from './hash.ts';

export function countDistinct(cells: readonly string[], isCounted: (cell: string) => boolean): number {
  const firstOf = createFirstOf(cells.length);
  const hash = new Uint32Array(2);
  let distinct = 0;
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row]!;
    if (!isCounted(cell)) continue;
    hash64(cell, 0, cell.length, hash, 0);
    if (firstOf.add(hash[0]!, hash[1]!, row) === row) distinct++;
  }
  return distinct;
}
