/** Small vector functions that every kernel shares. asc -O3 inlines them. */

/** a * b + c: one rounding in the relaxed build (one instruction), two in the plain one. */
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The four lanes added as (0 + 2) + (1 + 3). */
export function sumLanes(x: v128): f32 {
  const pairs = f32x4.add(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The largest lane. */
export function maxLane(x: v128): f32 {
  const pairs = f32x4.pmax(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** The first `count` (1, 2 or 3) floats at `source`; the other lanes are 0. Reads nothing beyond them. */
export function loadPart(source: usize, count: i32): v128 {
  let x = v128.load32_zero(source);
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(source, 4));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(source, 8));
  return x;
}

/** Writes the first `count` (1, 2 or 3) lanes. */
export function storePart(target: usize, x: v128, count: i32): void {
  v128.store32_lane(target, x, 0);
  if (count > 1) v128.store32_lane(target, x, 1, 4);
  if (count > 2) v128.store32_lane(target, x, 2, 8);
}

/** target += source, `count` floats. */
export function addRow(target: usize, source: usize, count: i32): void {
  let i = 0;
  for (; i <= count - 4; i += 4) {
    v128.store(target, f32x4.add(v128.load(target), v128.load(source)));
    target += 16;
    source += 16;
  }
  for (; i < count; i++) {
    store<f32>(target, load<f32>(target) + load<f32>(source));
    target += 4;
    source += 4;
  }
}

/** Σ a[i]·b[i], in four lanes. */
export function dot(a: usize, b: usize, count: i32): f32 {
  let sum4 = f32x4.splat(0);
  let i = 0;
  for (; i <= count - 4; i += 4) {
    sum4 = madd(v128.load(a), v128.load(b), sum4);
    a += 16;
    b += 16;
  }
  if (i < count) sum4 = madd(loadPart(a, count - i), loadPart(b, count - i), sum4);
  return sumLanes(sum4);
}
