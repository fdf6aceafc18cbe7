/**
 * Philox4x32-10 (Salmon et al. 2011, see ops/dropout/philox.ts), four counters at a time, and the dropout factors drawn from it
 * (contract.ts, DropoutAttrs).
 */
import { integerAt, pointerAt, realAt } from './params.simd';

/** The 64-bit products of four pairs of words: the low halves. */
function lowWords(evens: v128, odds: v128): v128 {
  return i32x4.shuffle(evens, odds, 0, 2, 4, 6);
}

/** The high halves. */
function highWords(evens: v128, odds: v128): v128 {
  return i32x4.shuffle(evens, odds, 1, 3, 5, 7);
}

/** 1 word -> scale where it is >= threshold (unsigned), else 0. */
function factorOf(words: v128, threshold: v128, scale: v128): v128 {
  return v128.and(i32x4.ge_u(words, threshold), scale);
}

/**
 * Places of a kernel's dropout parameters, from `place` on: the rng tensor's address (0: no dropout), stream, threshold, scale.
 * Writes the factors of `count` elements to target + 4 * (first & 3); writes up to 31 floats more than `count`.
 * `lane` is the last word of the counter. Returns the address of the first element's factor.
 */
export function dropoutFactors(params: usize, place: i32, first: u32, count: i32, lane: i32, target: usize): usize {
  const rng = pointerAt(params, place);
  const stream = i32x4.splat(integerAt(params, place + 1));
  const threshold = i32x4.splat(integerAt(params, place + 2));
  const scale = f32x4.splat(realAt(params, place + 3));
  const step = i32x4.splat(load<i32>(rng, 8));
  const last = i32x4.splat(lane);
  const multiplier0 = i32x4.splat(0xd2511f53);
  const multiplier1 = i32x4.splat(0xcd9e8d57);
  const start = target + ((<usize>(first & 3)) << 2);
  const end = start + ((<usize>count) << 2);
  let counter = i32x4.add(i32x4.splat(<i32>(first >> 2)), i32x4(0, 1, 2, 3));
  while (target < end) {
    let c0 = counter;
    let c1 = stream;
    let c2 = step;
    let c3 = last;
    let k0 = load<i32>(rng);
    let k1 = load<i32>(rng, 4);
    for (let round = 0; round < 10; round++) {
      const even0 = i64x2.extmul_low_i32x4_u(c0, multiplier0);
      const odd0 = i64x2.extmul_high_i32x4_u(c0, multiplier0);
      const even1 = i64x2.extmul_low_i32x4_u(c2, multiplier1);
      const odd1 = i64x2.extmul_high_i32x4_u(c2, multiplier1);
      c0 = v128.xor(v128.xor(highWords(even1, odd1), c1), i32x4.splat(k0));
      c1 = lowWords(even1, odd1);
      c2 = v128.xor(v128.xor(highWords(even0, odd0), c3), i32x4.splat(k1));
      c3 = lowWords(even0, odd0);
      k0 += 0x9e3779b9;
      k1 += 0xbb67ae85;
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
