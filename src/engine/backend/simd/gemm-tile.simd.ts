/**
 * The 6 x 8 register tile that every matrix product is made of: 12 sums, 2 of B and 1 of A fill the 15 registers that V8 leaves
 * to us. C[6,8] = init + A[6,K] · B[K,8], each element added in the order of k, so how a product is cut into tiles never
 * changes a bit. A and B come as panels: 6 and 8 neighbours for each k (gemm-pack.simd.ts). Unrolling it further makes it slower:
 * V8 then loads ahead and spills.
 */
import { madd } from './vector.simd';

/** a: panel [depth][6], b: panel [depth][8]; init and c: 6 rows of 8 floats, strides in bytes (0: the same row six times). */
export function gemmTile(a: usize, b: usize, depth: i32, init: usize, initStride: usize, c: usize, cStride: usize): void {
  let c00 = v128.load(init);
  let c01 = v128.load(init, 16);
  init += initStride;
  let c10 = v128.load(init);
  let c11 = v128.load(init, 16);
  init += initStride;
  let c20 = v128.load(init);
  let c21 = v128.load(init, 16);
  init += initStride;
  let c30 = v128.load(init);
  let c31 = v128.load(init, 16);
  init += initStride;
  let c40 = v128.load(init);
  let c41 = v128.load(init, 16);
  init += initStride;
  let c50 = v128.load(init);
  let c51 = v128.load(init, 16);
  const end = b + ((<usize>depth) << 5);
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load32_splat(a, 16);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    x = v128.load32_splat(a, 20);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    a += 24;
    b += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += cStride;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += cStride;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += cStride;
  v128.store(c, c30);
  v128.store(c, c31, 16);
  c += cStride;
  v128.store(c, c40);
  v128.store(c, c41, 16);
  c += cStride;
  v128.store(c, c50);
  v128.store(c, c51, 16);
}
