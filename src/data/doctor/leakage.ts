/** Texts on both sides of the split: what is measured then is memory. A drawn split keeps them on one side, a given one may not. */
import { plural } from '../../lib/counts.ts';
import { reachOfGroups } from '../apply-mends.ts';
import { TRAIN } from '../split.ts';
import { shareOf, showRows, type Examined } from './examined.ts';
import { finding, rowNames, type Finding } from './finding.ts';

export function leakageFindings(examined: Examined): Finding[] {
  const { selection, parts, groups, choice } = examined;
  // A large group of near-duplicates is a template; without a given split it may be on both sides.
  const group = choice.split == null ? groups.exact : groups.near;
  const reach = reachOfGroups({ selection, parts }, group);
  const groupOf = (i: number): number => group[selection.rows[i]!]!;
  const leaking: number[] = [];
  const leaked = new Map<number, number[]>();
  for (let i = 0; i < parts.length; i++) {
    if (parts[i]! >= reach.get(groupOf(i))!) continue;
    leaking.push(i);
    leaked.set(groupOf(i), []);
  }
  if (leaking.length === 0) return [];
  let measured = 0;
  let leakedRows = 0;
  for (let i = 0; i < parts.length; i++) {
    if (parts[i] !== TRAIN) measured++;
    const members = leaked.get(groupOf(i));
    if (!members) continue;
    members.push(i);
    if (parts[i] === reach.get(groupOf(i))) leakedRows++;
  }
  const { rows } = showRows(examined, leaking);
  return [
    finding(
      {
        code: 'leakage',
        severity: 'warning',
        title: 'Texts on both sides of the split',
        where: rowNames({ first: rows, count: leaking.length }),
        expected: 'texts to measure with that were not trained on',
        found: `${plural(leakedRows, 'row')} to measure with (${shareOf(leakedRows, measured)}) whose text is trained on too, exactly or nearly`,
        fix: 'Drop the training rows with these texts, or choose no split column: a drawn split keeps equal texts together.',
        count: leaking.length,
      },
      {
        rows,
        preview: showRows(examined, [...leaked.values()].flat()).preview,
        remedies: [
          { kind: 'mend', label: 'Drop them from training', mend: { kind: 'drop-leaked' } },
          ...(choice.split == null ? [] : [{ kind: 'columns', label: 'Draw the split anew', choice: { split: null } } as const]),
        ],
      },
    ),
  ];
}
