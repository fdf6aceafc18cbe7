/** The words for what is worth saying about good data. None of it stops a training. */
import { plural } from '../lib/counts.ts';
import type { EncodingJudgement } from './bytes.ts';
import type { Selection } from './select.ts';
import type { RowReport, Table } from './table.ts';
import type { ClassCount, Notice } from './types.ts';

const FEW_ROWS = 50;
const SMALL_CLASS = 5;
const NAMED_CLASSES = 5;

/** "Rows 4, 9 and 3 more". */
function rowNames({ first, count }: RowReport): string {
  const more = count - first.length;
  const named = first.map((row) => row.toLocaleString('en-US'));
  if (more > 0) return `Rows ${named.join(', ')} and ${more.toLocaleString('en-US')} more`;
  const last = named.pop() ?? '';
  return named.length > 0 ? `Rows ${named.join(', ')} and ${last}` : `Row ${last}`;
}

function raggedNotice(rows: RowReport, width: number, which: 'fewer' | 'more'): Notice[] {
  if (rows.count === 0) return [];
  const found = `${which} in ${plural(rows.count, 'row')}, left out`;
  const fix =
    which === 'more'
      ? 'A text with the delimiter in it needs quotes around it.'
      : 'Add the missing fields, or go on without these rows.';
  return [
    { code: 'ragged-rows', where: rowNames(rows), expected: `${width} fields, as in the header`, found, fix, count: rows.count },
  ];
}

/** About the file as it was read, whatever its columns mean. */
export function fileNotices(name: string, encoding: EncodingJudgement, table: Table): Notice[] {
  const notices: Notice[] = [];
  const { invalidBytes } = encoding;
  if (invalidBytes > 0) {
    const asWindows = encoding.encoding === 'windows-1252';
    notices.push({
      code: 'invalid-bytes',
      where: name,
      expected: 'UTF-8',
      found: `${plural(invalidBytes, 'byte')} that ${invalidBytes === 1 ? 'is' : 'are'} not, ${asWindows ? 'so it was read as Windows-1252' : 'read as \uFFFD'}`,
      fix: 'If letters look wrong in the preview, save the file as UTF-8.',
      count: invalidBytes,
    });
  }
  if (!table.hasHeader) {
    notices.push({
      code: 'no-header',
      where: `Row ${table.rowNumbers[0] ?? 1}`,
      expected: 'the names of the columns',
      found: 'values that come again below, so it was taken as data',
      fix: 'Add a header row if the columns should have names.',
      count: 1,
    });
  }
  notices.push(...raggedNotice(table.tooFewFields, table.columns.length, 'fewer'));
  notices.push(...raggedNotice(table.tooManyFields, table.columns.length, 'more'));
  const { unclosedQuotes, unclosedLeftOut } = table;
  if (unclosedQuotes.count > 0) {
    const leftOut = unclosedLeftOut > 0 ? `, ${plural(unclosedLeftOut, 'row')} left out` : '';
    notices.push({
      code: 'unclosed-quote',
      where: rowNames(unclosedQuotes),
      expected: 'a closing quote for each opening one',
      found: `${plural(unclosedQuotes.count, 'quote')} never closed; the line was read as it stands${leftOut}`,
      fix: 'Close the quote in the file, or double it ("") where it is part of the text.',
      count: unclosedQuotes.count,
    });
  }
  return notices;
}

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

function noClassNotice(rows: RowReport): Notice[] {
  if (rows.count === 0) return [];
  return [
    {
      code: 'no-class',
      where: rowNames(rows),
      expected: 'one label or more',
      found: `none in ${plural(rows.count, 'row')}, kept as texts of no class`,
      fix: 'Go on if none of the labels fits these texts; fill them in if they are not labelled yet.',
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
    ...(selection.targets.kind === 'multi'
      ? noClassNotice(selection.emptyLabel)
      : emptyNotice('empty-label', selection.emptyLabel)),
    ...few,
    ...smallClassNotice(classes),
  ];
}
