/** Classes of a handful of rows, and of one. */
import { plural } from '../../lib/counts.ts';
import { classTotals, rowsOfClasses, showRows, type Examined } from './examined.ts';
import { finding, labelNames, type Finding } from './finding.ts';
import { variantClasses } from './label-variants.ts';

const SMALL_CLASS = 5;

export function smallClassFindings(examined: Examined): Finding[] {
  const { classes } = examined.selection;
  const totals = classTotals(examined);
  // Those that are a commoner class written in another way are to be merged, not dropped.
  const variants = variantClasses(examined);
  const own = [...classes.keys()].filter((c) => !variants.has(c));
  const single = own.filter((c) => totals[c] === 1);
  const small = own.filter((c) => totals[c]! > 1 && totals[c]! < SMALL_CLASS);
  const names = (of: readonly number[]): string[] => of.map((c) => classes[c]!);
  const findings: Finding[] = [];
  if (single.length > 0) {
    const left = classes.length - single.length;
    const words = {
      code: 'single-row-class',
      severity: 'warning',
      title: 'Classes of one row',
      where: single.length === 1 ? `Class ${labelNames(names(single))}` : plural(single.length, 'class', 'classes'),
      expected: `at least ${SMALL_CLASS} rows in each class`,
      found: `one row of ${labelNames(names(single))}; it is trained on and never measured`,
      fix: 'Add rows, merge the class with another, or drop it.',
      count: single.length,
    } as const;
    const drop = { kind: 'mend', label: 'Drop these classes', mend: { kind: 'drop-classes', labels: names(single) } } as const;
    findings.push(
      finding(words, {
        ...showRows(examined, rowsOfClasses(examined, new Set(single))),
        remedies: left >= 2 ? [drop] : [],
      }),
    );
  }
  if (small.length > 0) {
    const counted = small.slice(0, 5).map((c) => `${labelNames([classes[c]!])} ${totals[c]}`);
    const more = small.length > 5 ? ` and ${plural(small.length - 5, 'more class', 'more classes')}` : '';
    const words = {
      code: 'small-class',
      severity: 'hint',
      title: 'Small classes',
      where: small.length === 1 ? `Class ${labelNames(names(small))}` : plural(small.length, 'class', 'classes'),
      expected: `at least ${SMALL_CLASS} rows in each class`,
      found: `${counted.join(', ')}${more}`,
      fix: 'Add rows to small classes, or merge them.',
      count: small.length,
    } as const;
    findings.push(finding(words, showRows(examined, rowsOfClasses(examined, new Set(small)))));
  }
  return findings;
}
