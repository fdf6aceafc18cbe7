/** The words for what is worth saying about a choice of columns and a split. None of it stops a training. */
import { plural } from '../lib/counts.ts';
import { rowNames } from './reading-notices.ts';
import type { Selection } from './select.ts';
import type { RowReport } from './table.ts';
import type { ClassCount, Notice } from './types.ts';

const FEW_ROWS = 50;
const SMALL_CLASS = 5;
const NAMED_CLASSES = 5;

function emptyNotice(code: 'empty-text' | 'empty-label', rows: RowReport): Notice[] {
  if (rows.count === 0) return [];
  const what = code === 'empty-text' ? 'text' : 'label';
  const found = `none in ${plural(rows.count, 'row')}, left out`;
  return [
    {
      code,
      where: rowNames(rows),
      expected: `a ${what}`,
      found,
      fix: `Fill in the ${what}, or go on without these rows.`,
      count: rows.count,
    },
  ];
}

function smallClassNotice(classes: readonly ClassCount[]): Notice[] {
  const small = classes.filter(({ train, validation }) => train + validation < SMALL_CLASS);
  if (small.length === 0) return [];
  const named = small.slice(0, NAMED_CLASSES).map(({ label, train, validation }) => `"${label}" ${train + validation}`);
  const more = small.length > NAMED_CLASSES ? ` and ${small.length - NAMED_CLASSES} more classes` : '';
  const single = small.some(({ train, validation }) => train + validation === 1)
    ? ' A class of one row is in train only and is never measured.'
    : '';
  return [
    {
      code: 'small-class',
      where: small.length === 1 ? `Class "${small[0]?.label}"` : plural(small.length, 'class', 'classes'),
      expected: `at least ${SMALL_CLASS} rows in each class`,
      found: `${named.join(', ')}${more}`,
      fix: `Add rows to small classes, or merge them.${single}`,
      count: small.length,
    },
  ];
}

/** About the rows under one choice of columns and one split. */
export function choiceNotices(selection: Selection, classes: readonly ClassCount[]): Notice[] {
  const rows = selection.rows.length;
  const few: Notice[] =
    rows >= FEW_ROWS
      ? []
      : [
          {
            code: 'few-rows',
            where: 'The data',
            expected: `at least ${FEW_ROWS} rows, better hundreds`,
            found: plural(rows, 'usable row'),
            fix: 'Add rows: with so few, accuracy says little.',
            count: rows,
          },
        ];
  return [
    ...emptyNotice('empty-text', selection.emptyText),
    ...emptyNotice('empty-label', selection.emptyLabel),
    ...few,
    ...smallClassNotice(classes),
  ];
}
