/** Comparing results. Unlike tfjs's expectArraysClose, NaN and infinity never pass and the tolerance is not one absolute number. */
import type { Tolerance } from './tolerances.ts';

/** Throws, naming the worst element, unless all values are within the tolerance (see tolerances.ts). */
export function expectAllClose(name: string, actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: Tolerance): void {
  if (actual.length !== expected.length) throw new Error(`${name}: ${actual.length} values, expected ${expected.length}`);
  let largest = 0;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(expected[i]!));
  let worst = -1;
  let worstExcess = 0;
  let bad = 0;
  for (let i = 0; i < actual.length; i++) {
    const limit = tolerance.relative * Math.abs(expected[i]!) + tolerance.scale * largest + tolerance.floor;
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (difference <= limit && Number.isFinite(difference)) continue;
    bad++;
    const excess = Number.isFinite(difference) ? difference - limit : Infinity;
    if (worst < 0 || excess > worstExcess) {
      worst = i;
      worstExcess = excess;
    }
  }
  if (bad > 0) {
    const found = `${name}[${worst}] is ${actual[worst]}, expected ${expected[worst]}`;
    throw new Error(`${found}; ${bad} of ${actual.length} values are off (largest expected ${largest})`);
  }
}
