/**
 * Philox4x32-10, a counter-based random generator: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3"
 * (SC 2011). Four 32-bit words for each (counter, key), the same on every backend; nothing is stored between draws.
 */
import type { DropoutAttrs } from '../contract.ts';

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** The upper 32 bits of the product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + (carry >>> 16)) >>> 0;
}

/** Writes the four words of counter [c0, c1, c2, c3] under key [k0, k1] to `out`. */
export function philox4x32(c0: number, c1: number, c2: number, c3: number, k0: number, k1: number, out: Uint32Array): void {
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** A word below this (as unsigned) drops its element. */
export function dropoutThreshold(rate: number): number {
  return Math.floor(rate * 2 ** 32);
}

/** What a kept element is multiplied by: f32(1 / (1 - rate)). */
export function dropoutScale(rate: number): number {
  return Math.fround(1 / (1 - rate));
}

/**
 * The factor (0 or the scale) of each element at one place of the network in one step; see DropoutAttrs in contract.ts.
 * `lane` is the counter's last word: 0 for elements, t·A + a for attention weights. `readRng` is only called when rate > 0.
 */
export function dropoutFactors(attrs: DropoutAttrs, readRng: () => Int32Array): (index: number, lane: number) => number {
  if (attrs.rate === 0) return () => 1;
  const [seedLow = 0, seedHigh = 0, step = 0] = readRng();
  const threshold = dropoutThreshold(attrs.rate);
  const scale = dropoutScale(attrs.rate);
  const words = new Uint32Array(4);
  let drawnBlock = -1;
  let drawnLane = -1;
  return (index, lane) => {
    const block = index >>> 2;
    if (block !== drawnBlock || lane !== drawnLane) {
      philox4x32(block, attrs.stream, step, lane, seedLow, seedHigh, words);
      drawnBlock = block;
      drawnLane = lane;
    }
    const word = words[index & 3] ?? 0;
    return word >= threshold ? scale : 0;
  };
}
