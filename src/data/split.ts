/** The stratified split: every class with two rows or more is in train and in validation, the total is as asked, the seed decides which. */
import { createRandom, shuffle } from '../lib/random.ts';

/**
 * Rows for validation per class, by largest remainder: the counts add up to round(share * rows) as far as every class of two rows
 * or more keeps one row on either side. A class of one row stays in train.
 */
export function validationCounts(classRows: readonly number[], share: number): number[] {
  const lowest = classRows.map((rows) => (rows > 1 ? 1 : 0));
  const highest = classRows.map((rows) => Math.max(0, rows - 1));
  const quotas = classRows.map((rows) => rows * share);
  const counts = quotas.map((quota, c) => Math.min(highest[c]!, Math.max(lowest[c]!, Math.floor(quota))));
  const wanted = Math.round(share * classRows.reduce((sum, rows) => sum + rows, 0));
  let missing = wanted - counts.reduce((sum, count) => sum + count, 0);
  const step = Math.sign(missing);
  /** The class that is furthest from its quota in the direction of the step, and may still take it. */
  const next = (): number => {
    let found = -1;
    for (let c = 0; c < counts.length; c++) {
      const after = counts[c]! + step;
      if (after < lowest[c]! || after > highest[c]!) continue;
      if (found < 0 || step * (quotas[c]! - counts[c]!) > step * (quotas[found]! - counts[found]!)) found = c;
    }
    return found;
  };
  for (; missing !== 0; missing -= step) {
    const c = next();
    if (c < 0) break;
    counts[c]! += step;
  }
  return counts;
}

/** Per row 1 where it is for validation. `labels`: class index per row; `classes`: how many classes. */
export function stratifiedSplit(labels: Int32Array, classes: number, share: number, seed: number): Uint8Array {
  const classRows = new Array<number>(classes).fill(0);
  for (const label of labels) classRows[label]!++;
  const members = classRows.map((rows) => new Uint32Array(rows));
  const filled = new Array<number>(classes).fill(0);
  labels.forEach((label, row) => {
    members[label]![filled[label]!++] = row;
  });
  const random = createRandom(seed);
  const isValidation = new Uint8Array(labels.length);
  validationCounts(classRows, share).forEach((count, c) => {
    for (const row of shuffle(members[c]!, random).subarray(0, count)) isValidation[row] = 1;
  });
  return isValidation;
}
