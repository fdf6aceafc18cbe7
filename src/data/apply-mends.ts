/** Carries mends out on a selection of rows. Pure: the selection that comes in is not changed, and nothing is done that is not reported. */
import { plural } from '../lib/counts.ts';
import { createRandom, shuffle } from '../lib/random.ts';
import { labelNames } from './doctor/finding.ts';
import type { MadeMend, Mend } from './mends.ts';
import type { Selection } from './select.ts';
import type { TextGroups } from './text-groups.ts';
import { TRAIN, VALIDATION } from './split.ts';

export interface Mended {
  readonly selection: Selection;
  readonly made: readonly MadeMend[];
}

/** What a mend may look at, per row of the table. */
export interface MendContext {
  readonly groups: TextGroups;
  readonly rowNumbers: Uint32Array;
}

/** Keeps the rows for which `isKept` holds; classes without rows go. */
function keepRows(selection: Selection, isKept: (i: number) => boolean): Selection {
  const { rows, labels } = selection;
  const kept = Uint32Array.from(rows.keys()).filter(isKept);
  return compact({ ...selection, rows: kept.map((i) => rows[i]!), labels: Int32Array.from(kept, (i) => labels[i]!) });
}

/** Drops classes without rows, the others keep their order. */
function compact(selection: Selection): Selection {
  const used = new Uint8Array(selection.classes.length);
  for (const label of selection.labels) used[label] = 1;
  if (!used.includes(0)) return selection;
  const classes = selection.classes.filter((_, c) => used[c] === 1);
  return relabel(selection, (c) => classes.indexOf(selection.classes[c]!), classes);
}

/** Another class for every class. */
function relabel(selection: Selection, to: (label: number) => number, classes: readonly string[]): Selection {
  const map = selection.classes.map((_, c) => to(c));
  return { ...selection, classes, labels: selection.labels.map((label) => map[label]!) };
}

function dropRepeated(selection: Selection, group: Uint32Array): Selection {
  const { rows, labels, classes } = selection;
  const seen = new Set<number>();
  return keepRows(selection, (i) => {
    const key = group[rows[i]!]! * classes.length + labels[i]!;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Rows of each label for the texts that have more than one, by the group of the text. */
export function conflicts({ rows, labels }: Selection, exact: Uint32Array): Map<number, Map<number, number>> {
  const first = new Map<number, number>();
  const found = new Map<number, Map<number, number>>();
  for (let i = 0; i < rows.length; i++) {
    const group = exact[rows[i]!]!;
    const label = first.get(group);
    if (label === undefined) first.set(group, labels[i]!);
    else if (label !== labels[i]) found.set(group, new Map());
  }
  if (found.size === 0) return found;
  for (let i = 0; i < rows.length; i++) {
    const counts = found.get(exact[rows[i]!]!);
    counts?.set(labels[i]!, (counts.get(labels[i]!) ?? 0) + 1);
  }
  return found;
}

/** The label with more rows than any other, null for a tie. */
function commonest(counts: ReadonlyMap<number, number>): number | null {
  const [first, second] = [...counts].sort((a, b) => b[1] - a[1]);
  return first && first[1] > (second?.[1] ?? 0) ? first[0] : null;
}

function relabelByMajority(selection: Selection, exact: Uint32Array): { selection: Selection; changed: number } {
  const { rows, labels } = selection;
  const winners = new Map([...conflicts(selection, exact)].map(([group, counts]) => [group, commonest(counts)]));
  const settled = labels.slice();
  const dropped = new Uint8Array(rows.length);
  let changed = 0;
  for (let i = 0; i < rows.length; i++) {
    const winner = winners.get(exact[rows[i]!]!);
    if (winner === undefined || winner === labels[i]) continue;
    changed++;
    if (winner === null) dropped[i] = 1;
    else settled[i] = winner;
  }
  return { selection: keepRows({ ...selection, labels: settled }, (i) => dropped[i] === 0), changed };
}

function mergeLabels(selection: Selection, from: readonly string[], into: string): { selection: Selection; changed: number } {
  const gone = selection.classes.map((label) => from.includes(label) && label !== into);
  const changed = selection.labels.reduce((sum, label) => sum + Number(gone[label]), 0);
  if (changed === 0) return { selection, changed };
  const hasTarget = selection.classes.includes(into);
  const firstGone = gone.indexOf(true);
  const classes = selection.classes.flatMap((label, c) => (gone[c] ? (c === firstGone && !hasTarget ? [into] : []) : [label]));
  return { selection: relabel(selection, (c) => classes.indexOf(gone[c] ? into : selection.classes[c]!), classes), changed };
}

function orderClasses(selection: Selection, labels: readonly string[]): Selection {
  const place = (label: string): number => (labels.includes(label) ? labels.indexOf(label) : labels.length);
  const classes = [...selection.classes].sort((a, b) => place(a) - place(b));
  return relabel(selection, (c) => classes.indexOf(selection.classes[c]!), classes);
}

/** One mend; those that need the split come behind it, in `applyToParts`. */
function applyOne(
  selection: Selection,
  mend: Mend,
  { groups, rowNumbers }: MendContext,
): { selection: Selection; made: MadeMend } | null {
  const done = (next: Selection, words: (rows: number) => string, rows = selection.rows.length - next.rows.length) => ({
    selection: next,
    made: { mend, words: words(rows), rows },
  });
  switch (mend.kind) {
    case 'drop-duplicates':
      return done(dropRepeated(selection, groups.exact), (n) => `Dropped ${plural(n, 'exact duplicate')}`);
    case 'drop-near-duplicates':
      return done(dropRepeated(selection, groups.near), (n) => `Dropped ${plural(n, 'near-duplicate')}`);
    case 'drop-conflicts': {
      const found = conflicts(selection, groups.exact);
      const next = keepRows(selection, (i) => !found.has(groups.exact[selection.rows[i]!]!));
      return done(next, (n) => `Dropped ${plural(n, 'row')} of texts with several labels`);
    }
    case 'relabel-by-majority': {
      const { selection: next, changed } = relabelByMajority(selection, groups.exact);
      const dropped = selection.rows.length - next.rows.length;
      const ties = dropped > 0 ? `, dropped ${plural(dropped, 'row')} without a majority` : '';
      return done(next, () => `Gave ${plural(changed - dropped, 'row')} the commonest label of the text${ties}`, changed);
    }
    case 'merge-labels': {
      const { selection: next, changed } = mergeLabels(selection, mend.from, mend.into);
      const others = mend.from.filter((label) => label !== mend.into);
      return done(
        next,
        (n) => `Label ${labelNames([mend.into])} in place of ${labelNames(others)}, ${plural(n, 'row')}`,
        changed,
      );
    }
    case 'drop-classes': {
      const { classes, labels } = selection;
      const next = keepRows(selection, (i) => !mend.labels.includes(classes[labels[i]!]!));
      return done(next, (n) => `Dropped the classes ${labelNames(mend.labels)}, ${plural(n, 'row')}`);
    }
    case 'order-classes':
      return done(orderClasses(selection, mend.labels), () => 'Put the classes in another order');
    case 'drop-rows': {
      const numbers = new Set(mend.rows);
      const next = keepRows(selection, (i) => !numbers.has(rowNumbers[selection.rows[i]!]!));
      return done(next, (n) => `Dropped ${plural(n, 'row')} by hand`);
    }
    case 'drop-leaked':
    case 'limit-classes':
      return null;
    default:
      return mend satisfies never;
  }
}

/** Applies the mends that need no split, in their order. */
export function applyMends(selection: Selection, mends: readonly Mend[], context: MendContext): Mended {
  const made: MadeMend[] = [];
  let mended = selection;
  for (const mend of mends) {
    const step = applyOne(mended, mend, context);
    if (!step) continue;
    mended = step.selection;
    made.push(step.made);
  }
  return { selection: mended, made };
}

export interface SplitRows {
  readonly selection: Selection;
  /** Per row of the selection: TRAIN, VALIDATION or TEST. */
  readonly parts: Uint8Array;
}

/** The highest part that each near-duplicate group reaches. */
export function reachOfGroups({ selection, parts }: SplitRows, near: Uint32Array): Map<number, number> {
  const reach = new Map<number, number>();
  for (let i = 0; i < parts.length; i++) {
    const group = near[selection.rows[i]!]!;
    reach.set(group, Math.max(reach.get(group) ?? TRAIN, parts[i]!));
  }
  return reach;
}

function keepParts({ selection, parts }: SplitRows, isKept: (i: number) => boolean): SplitRows {
  const kept = Uint32Array.from(parts.keys()).filter(isKept);
  const rows = kept.map((i) => selection.rows[i]!);
  const labels = Int32Array.from(kept, (i) => selection.labels[i]!);
  return { selection: { ...selection, rows, labels }, parts: Uint8Array.from(kept, (i) => parts[i]!) };
}

/** At most `most` training rows of each class, drawn by `seed`; a class keeps its place among the classes. */
function limitClasses(split: SplitRows, most: number, seed: number): SplitRows {
  const { selection, parts } = split;
  const random = createRandom(seed);
  const order = shuffle(Uint32Array.from(parts.keys()), random);
  const taken = new Array<number>(selection.classes.length).fill(0);
  const dropped = new Uint8Array(parts.length);
  for (const i of order) if (parts[i] === TRAIN && ++taken[selection.labels[i]!]! > most) dropped[i] = 1;
  return keepParts(split, (i) => dropped[i] === 0);
}

/** Applies the mends that are about the parts of the split, in their order. */
export function applyToParts(
  split: SplitRows,
  mends: readonly Mend[],
  near: Uint32Array,
  seed: number,
): SplitRows & { readonly made: readonly MadeMend[] } {
  const made: MadeMend[] = [];
  let current = split;
  const take = (mend: Mend, next: SplitRows, words: (rows: number) => string): void => {
    const rows = current.parts.length - next.parts.length;
    made.push({ mend, words: words(rows), rows });
    current = next;
  };
  for (const mend of mends) {
    if (mend.kind === 'drop-leaked') {
      const before = current;
      const reach = reachOfGroups(before, near);
      const next = keepParts(before, (i) => before.parts[i] === (reach.get(near[before.selection.rows[i]!]!) ?? VALIDATION));
      take(mend, next, (n) => `Dropped ${plural(n, 'row')} whose text is also validated or tested with`);
    } else if (mend.kind === 'limit-classes') {
      const next = limitClasses(current, mend.rows, seed);
      take(mend, next, (n) => `At most ${plural(mend.rows, 'training row')} of each class, dropped ${plural(n, 'row')}`);
    }
  }
  return { ...current, made };
}
