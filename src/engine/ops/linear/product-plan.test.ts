import { expect, test } from 'vitest';
import { COLUMN_BLOCK, DEPTH_BLOCK } from '../../backend/simd/blocks.ts';
import { planProduct } from './product-plan.ts';

test('every plan covers the product within the scratch that threads have', () => {
  for (const M of [1, 5, 6, 32, 97, 560, 4096]) {
    for (const N of [1, 2, 8, 384, 391, 1536]) {
      for (const K of [1, 4, 384, 385, 560, 3072]) {
        for (const threads of [1, 2, 4, 16]) {
          const { rows, columns, depthBlock, tiles } = planProduct(M, N, K, threads);
          expect(rows % 6).toBe(0);
          expect(columns % 8).toBe(0);
          expect(columns).toBeLessThanOrEqual(COLUMN_BLOCK);
          expect(depthBlock).toBeLessThanOrEqual(DEPTH_BLOCK);
          expect(tiles).toBe(Math.ceil(M / rows) * Math.ceil(N / columns));
        }
      }
    }
  }
});

test('the block of K, which decides the bits, does not depend on the threads', () => {
  for (const K of [1, 100, 385, 560, 3072]) {
    const blocks = [1, 2, 3, 8, 16].map((threads) => planProduct(560, 384, K, threads).depthBlock);
    expect(new Set(blocks).size).toBe(1);
  }
});

test('large products give every thread something to do', () => {
  for (const threads of [2, 4, 8, 16]) {
    expect(planProduct(560, 384, 1536, threads).tiles).toBeGreaterThanOrEqual(threads);
  }
});
