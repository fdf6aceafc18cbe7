/**
 * What each row is used for. Rows that belong together (the same text or nearly so, the same value of a group column) stay on one side. A split
 * column decides as far as it goes; the rest is drawn: stratified by class, by the seed.
 */
import { createRandom, shuffle, type Random } from '../lib/random.ts';

export const TRAIN = 0;
export const VALIDATION = 1;
export const TEST = 2;

/** Rows per class, by largest remainder: they add up to the rounded sum of the quotas as far as each stays within its bounds. */
function countsWithin(quotas: readonly number[], lowest: readonly number[], highest: readonly number[]): number[] {
  const counts = quotas.map((quota, c) => Math.min(highest[c]!, Math.max(lowest[c]!, Math.floor(quota))));
  const wanted = Math.round(quotas.reduce((sum, quota) => sum + quota, 0));
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

/**
 * Rows for validation per class: every class of two rows or more keeps one row on either side, a class of one row stays in train, and the
 * total is as asked as far as that allows.
 */
export function validationCounts(classRows: readonly number[], share: number): number[] {
  return countsWithin(
    classRows.map((rows) => rows * share),
    classRows.map((rows) => (rows > 1 ? 1 : 0)),
    classRows.map((rows) => Math.max(0, rows - 1)),
  );
}

/** Rows for the test per class: classes of three rows or more have one at least, and two rows of each are left for the other parts. */
export function testCounts(classRows: readonly number[], share: number): number[] {
  if (share === 0) return classRows.map(() => 0);
  return countsWithin(
    classRows.map((rows) => rows * share),
    classRows.map((rows) => (rows > 2 ? 1 : 0)),
    classRows.map((rows) => Math.max(0, rows - 2)),
  );
}

/** Rows that stay together. */
interface Unit {
  readonly members: readonly number[];
}

/** The units of each class; one with several classes counts as its commonest. */
function unitsOfClasses(labels: Int32Array, classes: number, groups: Uint32Array): Unit[][] {
  const byGroup = new Map<number, number[]>();
  const ordered: number[][] = [];
  for (let i = 0; i < labels.length; i++) {
    const members = byGroup.get(groups[i]!);
    if (members) members.push(i);
    else {
      const fresh = [i];
      byGroup.set(groups[i]!, fresh);
      ordered.push(fresh);
    }
  }
  const units = Array.from({ length: classes }, (): Unit[] => []);
  const counts = new Uint32Array(classes);
  for (const members of ordered) {
    for (const i of members) counts[labels[i]!]!++;
    let commonest = labels[members[0]!]!;
    for (const i of members) if (counts[labels[i]!]! > counts[commonest]!) commonest = labels[i]!;
    for (const i of members) counts[labels[i]!] = 0;
    units[commonest]!.push({ members });
  }
  return units;
}

/** Gives units to `part` until `wanted` rows are there; a unit that is too large is passed over, unless the part would stay empty. */
function give(units: readonly Unit[], parts: Uint8Array, part: number, wanted: number): void {
  const isFree = ({ members }: Unit): boolean => parts[members[0]!] === TRAIN;
  let left = wanted;
  for (const unit of units) {
    if (left === 0) return;
    if (!isFree(unit) || unit.members.length > left) continue;
    for (const i of unit.members) parts[i] = part;
    left -= unit.members.length;
  }
  const free = units.filter(isFree);
  if (left < wanted || free.length < 2) return;
  const smallest = free.reduce((best, unit) => (unit.members.length < best.members.length ? unit : best));
  for (const i of smallest.members) parts[i] = part;
}

function drawParts(unitsByClass: readonly (readonly Unit[])[], rows: number, wanted: Wanted, random: Random): Uint8Array {
  const parts = new Uint8Array(rows);
  const sizes = unitsByClass.map((units) => units.reduce((sum, { members }) => sum + members.length, 0));
  const tests = testCounts(sizes, wanted.testShare);
  const validations = validationCounts(
    sizes.map((size, c) => size - tests[c]!),
    wanted.testShare < 1 ? Math.min(1, wanted.validationShare / (1 - wanted.testShare)) : 0,
  );
  unitsByClass.forEach((units, c) => {
    const order = shuffle(Uint32Array.from(units.keys()), random);
    const shuffled = Array.from(order, (place) => units[place]!);
    if (wanted.validationShare > 0) give(shuffled, parts, VALIDATION, validations[c]!);
    if (wanted.testShare > 0) give(shuffled, parts, TEST, tests[c]!);
  });
  return parts;
}

interface Wanted {
  readonly validationShare: number;
  readonly testShare: number;
}

export interface SplitRequest extends Wanted {
  /** Class index per row, and how many classes there are. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** Rows of one group stay together. */
  readonly groups: Uint32Array;
  /** What a split column says: a part per row. Null where there is no such column. */
  readonly given: Uint8Array | null;
  readonly seed: number;
}

/** Per row TRAIN, VALIDATION or TEST. A part that the given column has no row of is drawn from its training rows. */
export function splitRows({ labels, classes, groups, given, validationShare, testShare, seed }: SplitRequest): Uint8Array {
  const random = createRandom(seed);
  if (!given) return drawParts(unitsOfClasses(labels, classes, groups), labels.length, { validationShare, testShare }, random);
  const hasValidation = given.includes(VALIDATION);
  const hasTest = given.includes(TEST);
  const missing = { validationShare: hasValidation ? 0 : validationShare, testShare: hasTest ? 0 : testShare };
  if (hasValidation && (hasTest || testShare === 0)) return given.slice();
  const training = Uint32Array.from(given.keys()).filter((i) => given[i] === TRAIN);
  const units = unitsOfClasses(
    Int32Array.from(training, (i) => labels[i]!),
    classes,
    training.map((i) => groups[i]!),
  );
  const drawn = drawParts(units, training.length, missing, random);
  const parts = given.slice();
  training.forEach((i, at) => {
    parts[i] = drawn[at]!;
  });
  return parts;
}

const PART_NAMES: Readonly<Record<string, number>> = {
  ...{ train: TRAIN, training: TRAIN, tr: TRAIN, trn: TRAIN },
  ...{ validation: VALIDATION, valid: VALIDATION, val: VALIDATION, dev: VALIDATION, development: VALIDATION, eval: VALIDATION },
  ...{ test: TEST, testing: TEST, tst: TEST, holdout: TEST, 'held-out': TEST },
};

/** The part that a cell of a split column names, null when it names none. */
export function partNamed(cell: string): number | null {
  return PART_NAMES[cell.trim().toLowerCase()] ?? null;
}
