/** Too few rows to learn from or to measure with. */
import { plural } from '../../lib/counts.ts';
import type { Examined } from './examined.ts';
import { finding, type Finding } from './finding.ts';

const FEW_ROWS = 50;

export function fewRowsFindings({ selection }: Examined): Finding[] {
  const rows = selection.rows.length;
  if (rows >= FEW_ROWS) return [];
  return [
    finding({
      code: 'few-rows',
      severity: 'warning',
      title: 'Few rows',
      where: 'The data',
      expected: `at least ${FEW_ROWS} rows, better hundreds`,
      found: plural(rows, 'usable row'),
      fix: 'Add rows: with so few, accuracy says little.',
      count: rows,
    }),
  ];
}
