/**
 * Philox4x32-10 (Salmon et al. 2011, see ops/dropout/philox.ts), four counters at a time, and the dropout factors drawn from it
 * (contract.ts, DropoutAttrs).
 */
import { all4, MULTIPLIER_0, MULTIPLIER_1, WEYL_0, WEYL_1 } from './constants.simd';
import { integerAt, pointerAt, realAt } from './params.simd';

/** The upper halves of the 64-bit products, lane by lane, unsigned. */
function multiplyHigh(a: v128, b: v128): v128 {
  return i32x4.shuffle(i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(a, b), 1, 3, 5, 7);
}

/** A word -> scale where it is at or above the threshold (unsigned), else 0. */
function factorOf(words: v128, threshold: v128, scale: v128): v128 {
  return v128.and(i32x4.ge_u(words, threshold), scale);
}

/**
 * Places of a kernel's dropout parameters, from `place` on: the rng tensor's address (0: no dropout), stream, threshold, scale.
 * Writes the factors of `count` elements, and up to 18 floats more: whole groups of four counters. `lane` is the last word of the
 * counter. Returns the address of the first element's factor.
 */
export function dropoutFactors(params: usize, place: i32, first: u32, count: i32, lane: i32, target: usize): usize {
  const rng = pointerAt(params, place);
  const stream = i32x4.splat(integerAt(params, place + 1));
  const threshold = i32x4.splat(integerAt(params, place + 2));
  const scale = f32x4.splat(realAt(params, place + 3));
  const step = v128.load32_splat(rng, 8);
  const last = i32x4.splat(lane);
  const start = target + ((<usize>(first & 3)) << 2);
  const end = start + ((<usize>count) << 2);
  let counter = i32x4.add(i32x4.splat(<i32>(first >> 2)), i32x4(0, 1, 2, 3));
  while (target < end) {
    let c0 = counter;
    let c1 = stream;
    let c2 = step;
    let c3 = last;
    let k0 = v128.load32_splat(rng);
    let k1 = v128.load32_splat(rng, 4);
    for (let round = 0; round < 10; round++) {
      const multiplier0 = all4(MULTIPLIER_0);
      const multiplier1 = all4(MULTIPLIER_1);
      const high0 = multiplyHigh(c0, multiplier0);
      const high1 = multiplyHigh(c2, multiplier1);
      const low0 = i32x4.mul(c0, multiplier0);
      const low1 = i32x4.mul(c2, multiplier1);
      c0 = v128.xor(v128.xor(c1, k0), high1);
      c1 = low1;
      c2 = v128.xor(v128.xor(c3, k1), high0);
      c3 = low0;
      k0 = i32x4.add(k0, all4(WEYL_0));
      k1 = i32x4.add(k1, all4(WEYL_1));
    }
    // Lane i of c0..c3 are the four words of counter i: transpose, so that the elements follow each other.
    const low01 = i32x4.shuffle(c0, c1, 0, 4, 1, 5);
    const low23 = i32x4.shuffle(c2, c3, 0, 4, 1, 5);
    const high01 = i32x4.shuffle(c0, c1, 2, 6, 3, 7);
    const high23 = i32x4.shuffle(c2, c3, 2, 6, 3, 7);
    v128.store(target, factorOf(i64x2.shuffle(low01, low23, 0, 2), threshold, scale));
    v128.store(target, factorOf(i64x2.shuffle(low01, low23, 1, 3), threshold, scale), 16);
    v128.store(target, factorOf(i64x2.shuffle(high01, high23, 0, 2), threshold, scale), 32);
    v128.store(target, factorOf(i64x2.shuffle(high01, high23, 1, 3), threshold, scale), 48);
    counter = i32x4.add(counter, i32x4.splat(4));
    target += 64;
  }
  return start;
}
