/** Classes that a part of the split has no row of: those that are not validated are never measured, those that are not trained never learnt. */
import { plural } from '../../lib/counts.ts';
import { TEST, TRAIN, VALIDATION } from '../split.ts';
import { classTotals, type Examined } from './examined.ts';
import { finding, labelNames, type Finding } from './finding.ts';

export function unmeasuredFindings(examined: Examined): Finding[] {
  const { selection, parts } = examined;
  const { classes, labels } = selection;
  const counts = [TRAIN, VALIDATION, TEST].map(() => classes.map(() => 0));
  for (let i = 0; i < labels.length; i++) counts[parts[i]!]![labels[i]!]!++;
  const totals = classTotals(examined);
  // A class of one row has its own finding.
  const without = (part: number): string[] =>
    parts.includes(part) ? classes.filter((_, c) => counts[part]![c] === 0 && totals[c]! > 1) : [];
  const missing = (
    [
      ['training', TRAIN],
      ['validation', VALIDATION],
      ['the test', TEST],
    ] as const
  )
    .map(([name, part]) => ({ name, labels: without(part) }))
    .filter((part) => part.labels.length > 0);
  if (missing.length === 0) return [];
  const affected = new Set(missing.flatMap((part) => part.labels));
  return [
    finding({
      code: 'class-not-validated',
      severity: 'warning',
      title: 'Classes missing from a part of the split',
      where: affected.size === 1 ? `Class ${labelNames([...affected])}` : plural(affected.size, 'class', 'classes'),
      expected: 'rows of each class in each part of the split',
      found: missing.map((part) => `${labelNames(part.labels)} not in ${part.name}`).join('; '),
      fix: 'Add rows of these classes, merge them with others, or let the split be drawn.',
      count: affected.size,
    }),
  ];
}
