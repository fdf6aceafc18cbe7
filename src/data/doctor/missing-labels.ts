/** "NA", "None", "null": kept as the labels that they are, for only an empty cell is missing; often they mean that there is none. */
import { plural } from '../../lib/counts.ts';
import { classTotals, rowsOfClasses, showRows, type Examined } from './examined.ts';
import { finding, labelNames, type Finding } from './finding.ts';

const MISSING = new Set([
  'na',
  'n/a',
  '#n/a',
  'nan',
  'none',
  'null',
  'nil',
  'undefined',
  'missing',
  'unknown',
  '-',
  '--',
  '?',
  '.',
]);

export function missingLabelFindings(examined: Examined): Finding[] {
  const { classes } = examined.selection;
  const found = classes.flatMap((label, c) => (MISSING.has(label.trim().toLowerCase()) ? [c] : []));
  if (found.length === 0) return [];
  const totals = classTotals(examined);
  const count = found.reduce((sum, c) => sum + totals[c]!, 0);
  const labels = found.map((c) => classes[c]!);
  return [
    finding(
      {
        code: 'missing-value-labels',
        severity: 'warning',
        title: 'Labels that may mean none',
        where: `Class ${labelNames(labels)}`,
        expected: 'the name of a class',
        found: `${plural(count, 'row')} labelled ${labelNames(labels)}, kept as a class`,
        fix: 'Keep it if it is a class of its own; drop its rows if it says that the label is missing.',
        count,
      },
      {
        ...showRows(examined, rowsOfClasses(examined, new Set(found))),
        remedies: [{ kind: 'mend', label: 'Drop these rows', mend: { kind: 'drop-classes', labels } }],
      },
    ),
  ];
}
