/** The words for what reading a file brought up. None of it stops a training; doctor/file.ts makes findings of them. */
import { plural } from '../lib/counts.ts';
import type { EncodingJudgement } from './bytes.ts';
import { rowNames } from './doctor/finding.ts';
import type { RowReport, Table } from './table.ts';
import type { Notice } from './types.ts';

function raggedNotice(rows: RowReport, width: number, which: 'fewer' | 'more'): Notice[] {
  if (rows.count === 0) return [];
  const found = `${which} in ${plural(rows.count, 'row')}, left out`;
  const fix =
    which === 'more'
      ? 'A text with the delimiter in it needs quotes around it.'
      : 'Add the missing fields, or go on without these rows.';
  return [
    {
      code: 'ragged-rows',
      where: rowNames(rows),
      expected: `${width} fields, as in the header`,
      found,
      fix,
      count: rows.count,
      rows: rows.first,
    },
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
      rows: [table.rowNumbers[0] ?? 1],
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
      rows: unclosedQuotes.first,
    });
  }
  return notices;
}
