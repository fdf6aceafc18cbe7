/** How a matrix product is cut into tiles for a number of threads. The result's bits do not depend on it (gemm-tile.simd.ts). */
import { COLUMN_BLOCK, DEPTH_BLOCK } from '../../backend/simd/blocks.ts';

export interface ProductPlan {
  /** Rows (a multiple of 6) and columns (of 8) of a tile. */
  readonly rows: number;
  readonly columns: number;
  readonly depthBlock: number;
  readonly tiles: number;
}

/** Packing one element costs about as much as so many multiply-adds. */
const PACK_COST = 5;
const LEAST_ROWS = 48;
const LEAST_COLUMNS = 64;

function roundUp(size: number, multiple: number): number {
  return Math.ceil(size / multiple) * multiple;
}

/** The plan for C[M,N] = A[M,K]·B[K,N] whose slowest thread is expected to be done first. Every tile packs its own parts of A and B. */
export function planProduct(M: number, N: number, K: number, threads: number): ProductPlan {
  const depthBlock = roundUp(Math.ceil(K / Math.ceil(K / DEPTH_BLOCK)), 4);
  const mostDown = threads === 1 ? 1 : Math.max(1, Math.ceil(M / LEAST_ROWS));
  const leastAcross = Math.ceil(N / COLUMN_BLOCK);
  const mostAcross = threads === 1 ? leastAcross : Math.max(leastAcross, Math.ceil(N / LEAST_COLUMNS));
  let best: ProductPlan | null = null;
  let bestTime = Infinity;
  for (let down = 1; down <= mostDown; down++) {
    const rows = roundUp(Math.ceil(M / down), 6);
    for (let across = leastAcross; across <= mostAcross; across++) {
      const columns = roundUp(Math.ceil(N / across), 8);
      const tiles = Math.ceil(M / rows) * Math.ceil(N / columns);
      const tileTime = rows * columns + PACK_COST * (rows + columns);
      // A quarter of a tile for threads that are held up.
      const time = (Math.ceil(tiles / threads) + (threads > 1 ? 0.25 : 0)) * tileTime;
      if (time >= bestTime) continue;
      bestTime = time;
      best = { rows, columns, depthBlock, tiles };
    }
  }
  if (!best) throw new Error(`no plan for a product of ${M} x ${K} and ${K} x ${N}`);
  return best;
}
