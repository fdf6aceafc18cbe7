/** Rows without a text or without a label: nothing can be learnt from them, so they are left out. */
import { plural } from '../../lib/counts.ts';
import type { RowReport } from '../table.ts';
import type { Examined } from './examined.ts';
import { finding, rowNames, type Finding } from './finding.ts';

function emptyFinding(code: 'empty-text' | 'empty-label', what: string, report: RowReport): Finding[] {
  if (report.count === 0) return [];
  const words = {
    code,
    severity: 'warning',
    title: `Rows without a ${what}`,
    where: rowNames(report),
    expected: `a ${what}`,
    found: `none in ${plural(report.count, 'row')}, left out`,
    fix: `Fill in the ${what} in the file, or go on without these rows.`,
    count: report.count,
  } as const;
  return [finding(words, { rows: report.first })];
}

export function emptyFindings({ selection }: Examined): Finding[] {
  return [
    ...emptyFinding('empty-text', 'text', selection.emptyText),
    ...emptyFinding('empty-label', 'label', selection.emptyLabel),
  ];
}
