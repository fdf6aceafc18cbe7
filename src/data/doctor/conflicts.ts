/** The same text with several labels: at least one of them is wrong, or the text does not tell. */
import { plural } from '../../lib/counts.ts';
import { conflicts } from '../apply-mends.ts';
import { showRows, type Examined } from './examined.ts';
import { finding, MOST_NUMBERS, rowNames, type Finding } from './finding.ts';

export function conflictFindings(examined: Examined): Finding[] {
  const { selection, groups } = examined;
  const found = conflicts(selection, groups.exact);
  if (found.size === 0) return [];
  let count = 0;
  for (const counts of found.values()) for (const rows of counts.values()) count += rows;
  const members = new Map<number, number[]>([...found.keys()].map((group) => [group, []]));
  for (let i = 0; i < selection.rows.length; i++) members.get(groups.exact[selection.rows[i]!]!)?.push(i);
  const beside = [...members.values()].flat();
  const { rows } = showRows(
    examined,
    beside.slice(0, MOST_NUMBERS).sort((a, b) => a - b),
  );
  return [
    finding(
      {
        code: 'conflicting-labels',
        severity: 'warning',
        title: 'Same text, several labels',
        where: rowNames({ first: rows, count }),
        expected: 'one label for a text',
        found: `${plural(found.size, 'text')} with several, in ${plural(count, 'row')}`,
        fix: 'Correct the labels in the file, take the commonest of each text, or drop these rows.',
        count,
      },
      {
        rows,
        preview: showRows(examined, beside).preview,
        remedies: [
          { kind: 'mend', label: 'Take the commonest label', mend: { kind: 'relabel-by-majority' } },
          { kind: 'mend', label: 'Drop these rows', mend: { kind: 'drop-conflicts' } },
        ],
      },
    ),
  ];
}
