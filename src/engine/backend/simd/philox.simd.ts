/**
 * Philox4x32-10 (Salmon et al. 2011, see ops/dropout/philox.ts) and the dropout factors drawn from it (contract.ts, DropoutAttrs).
 * Scalar: a 64-bit product is one instruction, while its vector form is mostly shuffles and half as fast.
 */
import { integerAt, pointerAt, realAt } from './params.simd';

/** Writes the four words of counter [c0, c1, c2, c3] under key [k0, k1]. */
function drawWords(c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32, target: usize): void {
  for (let round = 0; round < 10; round++) {
    const product0 = <u64>c0 * 0xd2511f53;
    const product1 = <u64>c2 * 0xcd9e8d57;
    c0 = (<u32>(product1 >> 32)) ^ c1 ^ k0;
    c1 = <u32>product1;
    c2 = (<u32>(product0 >> 32)) ^ c3 ^ k1;
    c3 = <u32>product0;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  store<u32>(target, c0);
  store<u32>(target, c1, 4);
  store<u32>(target, c2, 8);
  store<u32>(target, c3, 12);
}

/**
 * Places of a kernel's dropout parameters, from `place` on: the rng tensor's address (0: no dropout), stream, threshold, scale.
 * Writes the factors of `count` elements, and up to 6 floats more: whole counters, the first element's to target.
 * `lane` is the last word of the counter. Returns the address of the first element's factor.
 */
export function dropoutFactors(params: usize, place: i32, first: u32, count: i32, lane: i32, target: usize): usize {
  const rng = pointerAt(params, place);
  const stream = integerAt(params, place + 1);
  const threshold = i32x4.splat(integerAt(params, place + 2));
  const scale = f32x4.splat(realAt(params, place + 3));
  const step = load<i32>(rng, 8);
  const k0 = load<u32>(rng);
  const k1 = load<u32>(rng, 4);
  const start = target + ((<usize>(first & 3)) << 2);
  const end = start + ((<usize>count) << 2);
  for (let counter = first >> 2; target < end; counter++) {
    drawWords(counter, stream, step, lane, k0, k1, target);
    // A word (unsigned) at or above the threshold keeps its element.
    v128.store(target, v128.and(i32x4.ge_u(v128.load(target), threshold), scale));
    target += 16;
  }
  return start;
}
