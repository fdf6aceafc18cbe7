/**
 * The 6 x 8 register tile every matrix product is made of: 12 sums, 2 of B and 1 of A fill the sixteen 128-bit registers.
 * C[6,8] = init + A[6,K] · B[K,8], each element added in the order of k, so how a product is cut into tiles never changes a bit.
 * B is a packed panel (gemm-pack.simd.ts): 8 floats for each k. All strides are in bytes.
 */
import { madd } from './vector.simd';

export const TILE_ROWS: i32 = 6;
export const TILE_COLUMNS: i32 = 8;

/**
 * A by rows: element (i, k) at a + i * strideA + 4k. Only the first `rows` (1..6) rows are read, the last one of them in place of
 * those that are missing; all six rows of C are written.
 */
export function tileOfRows(
  a: usize,
  strideA: usize,
  rows: i32,
  panel: usize,
  depth: i32,
  init: usize,
  strideInit: usize,
  c: usize,
  strideC: usize,
): void {
  let a0 = a;
  let a1 = rows > 1 ? a0 + strideA : a0;
  let a2 = rows > 2 ? a1 + strideA : a1;
  let a3 = rows > 3 ? a2 + strideA : a2;
  let a4 = rows > 4 ? a3 + strideA : a3;
  let a5 = rows > 5 ? a4 + strideA : a4;
  let c00 = v128.load(init);
  let c01 = v128.load(init, 16);
  init += strideInit;
  let c10 = v128.load(init);
  let c11 = v128.load(init, 16);
  init += strideInit;
  let c20 = v128.load(init);
  let c21 = v128.load(init, 16);
  init += strideInit;
  let c30 = v128.load(init);
  let c31 = v128.load(init, 16);
  init += strideInit;
  let c40 = v128.load(init);
  let c41 = v128.load(init, 16);
  init += strideInit;
  let c50 = v128.load(init);
  let c51 = v128.load(init, 16);
  const end = panel + (<usize>depth << 5);
  while (panel < end) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    let x = v128.load32_splat(a0);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load32_splat(a1);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load32_splat(a2);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load32_splat(a3);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load32_splat(a4);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    x = v128.load32_splat(a5);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    a4 += 4;
    a5 += 4;
    panel += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += strideC;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += strideC;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += strideC;
  v128.store(c, c30);
  v128.store(c, c31, 16);
  c += strideC;
  v128.store(c, c40);
  v128.store(c, c41, 16);
  c += strideC;
  v128.store(c, c50);
  v128.store(c, c51, 16);
}

/** A by columns: element (i, k) at a + 4i + k * strideA, so six neighbours for each k (a packed or transposed A). Reads all six. */
export function tileOfColumns(
  a: usize,
  strideA: usize,
  panel: usize,
  depth: i32,
  init: usize,
  strideInit: usize,
  c: usize,
  strideC: usize,
): void {
  let c00 = v128.load(init);
  let c01 = v128.load(init, 16);
  init += strideInit;
  let c10 = v128.load(init);
  let c11 = v128.load(init, 16);
  init += strideInit;
  let c20 = v128.load(init);
  let c21 = v128.load(init, 16);
  init += strideInit;
  let c30 = v128.load(init);
  let c31 = v128.load(init, 16);
  init += strideInit;
  let c40 = v128.load(init);
  let c41 = v128.load(init, 16);
  init += strideInit;
  let c50 = v128.load(init);
  let c51 = v128.load(init, 16);
  const end = panel + (<usize>depth << 5);
  while (panel < end) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
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
    a += strideA;
    panel += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += strideC;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += strideC;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += strideC;
  v128.store(c, c30);
  v128.store(c, c31, 16);
  c += strideC;
  v128.store(c, c40);
  v128.store(c, c41, 16);
  c += strideC;
  v128.store(c, c50);
  v128.store(c, c51, 16);
}
