/**
 * Packing: copies a block of a matrix into the panels that gemmTile reads. Panel p holds the lines 6p.. (of A) or 8p.. (of B), one
 * after the other for each k: [depth][6] or [depth][8]. Where lines are missing in the last panel, the last one stands in for them
 * (their products are never used) or, packing across, zeros. All strides are in bytes. No function reads outside the block.
 */

/** Four lines of four: stores the transposed 4 x 4 block, `step` bytes between its rows. */
function storeTransposed(target: usize, step: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
  const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
  const high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
  const high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  v128.store(target, i64x2.shuffle(low01, low23, 0, 2));
  v128.store(target + step, i64x2.shuffle(low01, low23, 1, 3));
  v128.store(target + 2 * step, i64x2.shuffle(high01, high23, 0, 2));
  v128.store(target + 3 * step, i64x2.shuffle(high01, high23, 1, 3));
}

/** Two lines of four: stores the transposed 4 x 2 block, `step` bytes between its rows. */
function storeTransposedPairs(target: usize, step: usize, r0: v128, r1: v128): void {
  const low = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
  const high = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
  v128.store64_lane(target, low, 0);
  v128.store64_lane(target + step, low, 1);
  v128.store64_lane(target + 2 * step, high, 0);
  v128.store64_lane(target + 3 * step, high, 1);
}

/** Lines along k into panels of 6: line i's element k is at source + i * stride + 4k. Returns the end of what it wrote. */
export function packLines6(source: usize, stride: usize, lines: i32, depth: i32, target: usize): usize {
  for (let line = 0; line < lines; line += 6) {
    const left = lines - line;
    let r0 = source;
    let r1 = left > 1 ? r0 + stride : r0;
    let r2 = left > 2 ? r1 + stride : r1;
    let r3 = left > 3 ? r2 + stride : r2;
    let r4 = left > 4 ? r3 + stride : r3;
    let r5 = left > 5 ? r4 + stride : r4;
    let k = 0;
    for (; k <= depth - 4; k += 4) {
      storeTransposed(target, 24, v128.load(r0), v128.load(r1), v128.load(r2), v128.load(r3));
      storeTransposedPairs(target + 16, 24, v128.load(r4), v128.load(r5));
      target += 96;
      r0 += 16;
      r1 += 16;
      r2 += 16;
      r3 += 16;
      r4 += 16;
      r5 += 16;
    }
    for (; k < depth; k++) {
      store<f32>(target, load<f32>(r0));
      store<f32>(target, load<f32>(r1), 4);
      store<f32>(target, load<f32>(r2), 8);
      store<f32>(target, load<f32>(r3), 12);
      store<f32>(target, load<f32>(r4), 16);
      store<f32>(target, load<f32>(r5), 20);
      target += 24;
      r0 += 4;
      r1 += 4;
      r2 += 4;
      r3 += 4;
      r4 += 4;
      r5 += 4;
    }
    source += 6 * stride;
  }
  return target;
}

/** Lines along k into panels of 8, otherwise as packLines6. */
export function packLines8(source: usize, stride: usize, lines: i32, depth: i32, target: usize): usize {
  for (let line = 0; line < lines; line += 8) {
    packHalf8(source, stride, min(lines - line, 4), depth, target);
    const left = lines - line - 4;
    const upper = left > 0 ? source + 4 * stride : source;
    packHalf8(upper, stride, left > 0 ? min(left, 4) : 1, depth, target + 16);
    source += 8 * stride;
    target += (<usize>depth) << 5;
  }
  return target;
}

/** `lines` (1..4) lines into one half of a panel of 8. */
function packHalf8(source: usize, stride: usize, lines: i32, depth: i32, target: usize): void {
  let r0 = source;
  let r1 = lines > 1 ? r0 + stride : r0;
  let r2 = lines > 2 ? r1 + stride : r1;
  let r3 = lines > 3 ? r2 + stride : r2;
  let k = 0;
  for (; k <= depth - 4; k += 4) {
    storeTransposed(target, 32, v128.load(r0), v128.load(r1), v128.load(r2), v128.load(r3));
    target += 128;
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
  }
  for (; k < depth; k++) {
    store<f32>(target, load<f32>(r0));
    store<f32>(target, load<f32>(r1), 4);
    store<f32>(target, load<f32>(r2), 8);
    store<f32>(target, load<f32>(r3), 12);
    target += 32;
    r0 += 4;
    r1 += 4;
    r2 += 4;
    r3 += 4;
  }
}

/** Lines across k into panels of 6: line i's element k is at source + k * stride + 4i. Returns the end of what it wrote. */
export function packAcross6(source: usize, stride: usize, lines: i32, depth: i32, target: usize): usize {
  const panelBytes = <usize>depth * 24;
  for (let k = 0; k < depth; k++) {
    let from = source;
    let to = target + <usize>k * 24;
    let line = 0;
    for (; line <= lines - 6; line += 6) {
      v128.store(to, v128.load(from));
      v128.store64_lane(to, v128.load64_zero(from, 16), 0, 16);
      from += 24;
      to += panelBytes;
    }
    if (line < lines) {
      for (let i = 0; i < 6; i++) store<f32>(to + (i << 2), line + i < lines ? load<f32>(from + (i << 2)) : 0);
    }
    source += stride;
  }
  return target + panelBytes * <usize>((lines + 5) / 6);
}

/** Lines across k into panels of 8, otherwise as packAcross6. */
export function packAcross8(source: usize, stride: usize, lines: i32, depth: i32, target: usize): usize {
  const panelBytes = (<usize>depth) << 5;
  for (let k = 0; k < depth; k++) {
    let from = source;
    let to = target + ((<usize>k) << 5);
    let line = 0;
    for (; line <= lines - 8; line += 8) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += 32;
      to += panelBytes;
    }
    if (line < lines) {
      for (let i = 0; i < 8; i++) store<f32>(to + (i << 2), line + i < lines ? load<f32>(from + (i << 2)) : 0);
    }
    source += stride;
  }
  return target + panelBytes * <usize>((lines + 7) / 8);
}
