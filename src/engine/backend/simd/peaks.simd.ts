/** What the processor does at most, for a profile: multiply-adds in registers, and a copy. */
import { COPY_BLOCK } from './blocks';
import { integerAt, pointerAt } from './params.simd';
import { madd } from './vector.simd';

/** Twelve independent chains, as the register tile of a product has. Parameters: rounds, sums [tiles, 4]. */
export function multiplyAddsTile(tile: i32, params: usize): void {
  const factor = f32x4.splat(0.999);
  const addend = f32x4.splat(0.5);
  let s0 = f32x4.splat(<f32>tile);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = addend;
  let s7 = addend;
  let s8 = addend;
  let s9 = factor;
  let s10 = factor;
  let s11 = factor;
  for (let round = integerAt(params, 0); round > 0; round--) {
    s0 = madd(s0, factor, addend);
    s1 = madd(s1, factor, addend);
    s2 = madd(s2, factor, addend);
    s3 = madd(s3, factor, addend);
    s4 = madd(s4, factor, addend);
    s5 = madd(s5, factor, addend);
    s6 = madd(s6, factor, addend);
    s7 = madd(s7, factor, addend);
    s8 = madd(s8, factor, addend);
    s9 = madd(s9, factor, addend);
    s10 = madd(s10, factor, addend);
    s11 = madd(s11, factor, addend);
  }
  const low = f32x4.add(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)), f32x4.add(s4, s5));
  const high = f32x4.add(f32x4.add(f32x4.add(s6, s7), f32x4.add(s8, s9)), f32x4.add(s10, s11));
  v128.store(pointerAt(params, 1) + ((<usize>tile) << 4), f32x4.add(low, high));
}

/** Parameters: from, to. A block of both for each tile. */
export function copyTile(tile: i32, params: usize): void {
  const at = <usize>tile * COPY_BLOCK;
  memory.copy(pointerAt(params, 1) + at, pointerAt(params, 0) + at, COPY_BLOCK);
}
