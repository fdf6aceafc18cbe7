/** Labels that differ only in case, space, the way a number is written, or a typo: one class that was written in two ways. */
import { plural } from '../../lib/counts.ts';
import { classTotals, rowsOfClasses, showRows, type Examined } from './examined.ts';
import { finding, labelNames, type Finding, type Remedy } from './finding.ts';

/** A typo is rare beside what it was meant to be. */
const TYPO_SHARE = 0.2;
/** Shorter labels differ in one letter and mean different things. */
const SHORTEST_TYPO = 5;

/** What is left of a label without case, space, hyphens and ways to write a number. */
export function plainLabel(label: string): string {
  const plain = label
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/gu, ' ')
    .trim();
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(label.trim()) ? String(Number(label.trim())) : plain;
}

/** Whether one edit (a letter more, less, other, or two neighbours swapped) makes `b` of `a`. */
export function isOneEditApart(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let from = 0;
  while (from < short.length && short[from] === long[from]) from++;
  if (short.length < long.length) return short.slice(from) === long.slice(from + 1);
  if (short.slice(from + 1) === long.slice(from + 1)) return true;
  return short[from] === long[from + 1] && short[from + 1] === long[from] && short.slice(from + 2) === long.slice(from + 2);
}

function isTypo(rare: string, common: string): boolean {
  const digits = (label: string): string => label.replace(/\D/g, '');
  return rare.length >= SHORTEST_TYPO && digits(rare) === digits(common) && isOneEditApart(rare, common);
}

/** Sets of classes that mean the same, each with its commonest first. */
export function findVariants(classes: readonly string[], counts: readonly number[]): number[][] {
  const byPlain = new Map<string, number[]>();
  classes.forEach((label, c) => byPlain.set(plainLabel(label), [...(byPlain.get(plainLabel(label)) ?? []), c]));
  const rowsOf = (members: readonly number[]): number => members.reduce((sum, c) => sum + counts[c]!, 0);
  const sets = [...byPlain].sort(([, a], [, b]) => rowsOf(b) - rowsOf(a));
  const merged: { readonly plain: string; readonly members: number[]; readonly rows: number }[] = [];
  for (const [plain, members] of sets) {
    const rows = rowsOf(members);
    const meant = merged.find((other) => rows <= other.rows * TYPO_SHARE && isTypo(plain, other.plain));
    if (meant) meant.members.push(...members);
    else merged.push({ plain, members: [...members], rows });
  }
  return merged
    .filter(({ members }) => members.length > 1)
    .map(({ members }) => members.sort((a, b) => counts[b]! - counts[a]! || a - b));
}

/** The classes that are another way to write a commoner one. */
export function variantClasses(examined: Examined): ReadonlySet<number> {
  const sets = findVariants(examined.selection.classes, classTotals(examined));
  return new Set(sets.flatMap((members) => members.slice(1)));
}

export function labelVariantFindings(examined: Examined): Finding[] {
  const { classes } = examined.selection;
  const counts = classTotals(examined);
  const sets = findVariants(classes, counts);
  if (sets.length === 0) return [];
  const others = sets.flatMap((members) => members.slice(1));
  const count = others.reduce((sum, c) => sum + counts[c]!, 0);
  const remedies = sets.map((members): Remedy => {
    const [into = '', ...from] = members.map((c) => classes[c]!);
    const label = `Merge ${labelNames(from)} into ${labelNames([into.trim() || into])}`;
    return { kind: 'mend', label, mend: { kind: 'merge-labels', from: [into, ...from], into: into.trim() || into } };
  });
  const named = sets.slice(0, 3).map((members) => labelNames(members.map((c) => classes[c]!)));
  return [
    finding(
      {
        code: 'label-variants',
        severity: 'warning',
        title: 'Labels written in several ways',
        where: plural(sets.length, 'label'),
        expected: 'one spelling of each label',
        found: `${named.join('; ')}${sets.length > 3 ? ' …' : ''}, ${plural(count, 'row')} in the rarer ones`,
        fix: 'Merge them if they mean the same; as they are, each is a class of its own.',
        count,
      },
      { ...showRows(examined, rowsOfClasses(examined, new Set(others))), remedies },
    ),
  ];
}
