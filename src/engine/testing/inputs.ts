/** Seeded inputs for tests: the same seed gives the same numbers. */
import { createRandom } from '../../lib/random.ts';

/** `size` normal numbers times `deviation`. */
export function normals(seed: number, size: number, deviation = 1): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: size }, () => random.normal() * deviation);
}

/** `size` whole numbers in [0, bound). */
export function integers(seed: number, size: number, bound: number): Int32Array {
  const random = createRandom(seed);
  return Int32Array.from({ length: size }, () => random.below(bound));
}

/** offsets [rows+1] of rows of the given lengths. */
export function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  lengths.forEach((length, row) => (offsets[row + 1] = offsets[row]! + length));
  return offsets;
}

/** The rng tensor's values [seed_lo, seed_hi, step]. */
export function rngOf(seedLow: number, seedHigh: number, step: number): Int32Array {
  return Int32Array.of(seedLow, seedHigh, step);
}
