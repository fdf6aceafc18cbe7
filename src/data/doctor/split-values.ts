/** Cells of the split column that name no part. */
import { plural } from '../../lib/counts.ts';
import type { Examined } from './examined.ts';
import { finding, rowNames, type Finding } from './finding.ts';

export function splitValueFindings({ unknownParts, table, choice }: Examined): Finding[] {
  if (unknownParts.count === 0) return [];
  const words = {
    code: 'split-values',
    severity: 'warning',
    title: 'Rows of no part of the split',
    where: rowNames(unknownParts),
    expected: 'train, validation or test',
    found: `${plural(unknownParts.count, 'cell')} of "${table.names[choice.split ?? 0]}" with something else, used for training`,
    fix: 'Correct the cells, or choose no split column.',
    count: unknownParts.count,
  } as const;
  const remedies = [{ kind: 'columns', label: 'Draw the split anew', choice: { split: null } } as const];
  return [finding(words, { rows: unknownParts.first, remedies })];
}
