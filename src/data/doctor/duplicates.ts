/** The same text with the same label, exactly or nearly, more than once: it counts more than its share and wastes time. */
import { plural } from '../../lib/counts.ts';
import type { Examined } from './examined.ts';
import { shareOf, showRows } from './examined.ts';
import { finding, rowNames, type Finding, type Remedy } from './finding.ts';

interface Repeated {
  /** Rows of the selection that come after a like one. */
  readonly later: readonly number[];
  /** The first few groups, members beside each other. */
  readonly shown: readonly number[];
}

const SHOWN_GROUPS = 6;
const SHOWN_OF_GROUP = 3;

/** Rows whose group and label an earlier row has, those that `isCounted` lets through. */
function findRepeated({ selection }: Examined, group: Uint32Array, isCounted: (i: number, first: number) => boolean): Repeated {
  const { rows, labels, classes } = selection;
  const firstOf = new Map<number, number>();
  const later: number[] = [];
  const groups = new Map<number, number[]>();
  for (let i = 0; i < rows.length; i++) {
    const key = group[rows[i]!]! * classes.length + labels[i]!;
    const first = firstOf.get(key);
    if (first === undefined) firstOf.set(key, i);
    else if (isCounted(i, first)) {
      later.push(i);
      const members = groups.get(key) ?? (groups.size < SHOWN_GROUPS ? [first] : null);
      if (members && members.length < SHOWN_OF_GROUP) groups.set(key, [...members, i]);
    }
  }
  return { later, shown: [...groups.values()].flat() };
}

/** Many duplicates are a warning, a few a hint. */
const MANY_SHARE = 0.02;

function duplicateFinding(
  examined: Examined,
  { later, shown }: Repeated,
  words: Pick<Finding, 'code' | 'title' | 'expected' | 'fix'> & { readonly found: string; readonly isHint: boolean },
  remedy: Remedy,
): Finding[] {
  if (later.length === 0) return [];
  const { found, isHint, ...rest } = words;
  const total = examined.selection.rows.length;
  const { rows } = showRows(examined, later);
  return [
    finding(
      {
        ...rest,
        severity: isHint || later.length < total * MANY_SHARE ? 'hint' : 'warning',
        where: rowNames({ first: rows, count: later.length }),
        found: `${plural(later.length, 'row')} (${shareOf(later.length, total)}) ${found}`,
        count: later.length,
      },
      { rows, preview: showRows(examined, shown).preview, remedies: [remedy] },
    ),
  ];
}

export function duplicateFindings(examined: Examined): Finding[] {
  const { selection, groups } = examined;
  const { rows } = selection;
  const { exact, near, complete } = groups;
  const same = duplicateFinding(
    examined,
    findRepeated(examined, exact, () => true),
    {
      code: 'duplicates',
      title: 'Exact duplicates',
      expected: 'each text once',
      found: 'with the text and label of an earlier one',
      fix: 'Drop them, or keep them: they stay on one side of a split that is drawn.',
      isHint: false,
    },
    { kind: 'mend', label: 'Keep the first of each', mend: { kind: 'drop-duplicates' } },
  );
  const alike = duplicateFinding(
    examined,
    findRepeated(examined, near, (i, first) => exact[rows[i]!] !== exact[rows[first]!]),
    {
      code: 'near-duplicates',
      title: 'Near-duplicates',
      expected: 'texts that differ in more than case, punctuation or a few words',
      found: `nearly the same as an earlier one of the same label${complete ? '' : ' at least; there are too many alike to compare all'}`,
      fix: 'Drop them if they say the same; they stay on one side of a split that is drawn.',
      isHint: true,
    },
    { kind: 'mend', label: 'Keep the first of each', mend: { kind: 'drop-near-duplicates' } },
  );
  return [...same, ...alike];
}
