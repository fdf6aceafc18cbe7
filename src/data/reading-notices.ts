/** The words for what reading a file brought up, whatever its columns mean. None of it stops a training. */
import { plural } from '../lib/counts.ts';
import type { EncodingJudgement } from './bytes.ts';
import { rowNames } from './doctor/finding.ts';
import { ENCODING_NAMES } from './encodings.ts';
import type { ReadTable, RowReport, Table } from './table.ts';
import type { Notice } from './types.ts';

function about(code: Notice['code'], rows: RowReport, expected: string, found: string, fix: string): Notice[] {
  if (rows.count === 0) return [];
  return [{ code, where: rowNames(rows), expected, found, fix, count: rows.count, rows: rows.first }];
}

function rowFaults({ faults, names, rejects }: Table): Notice[] {
  const { 'too-few-fields': few, 'too-many-fields': many, 'unclosed-quote': unclosed, 'broken-json': broken } = faults;
  const width = `${plural(names.length, 'field')}, as in the header`;
  const unclosedLeftOut = rejects.count - few.count - many.count - broken.count - faults['not-a-row'].count;
  const leftOut = unclosedLeftOut > 0 ? `, ${plural(unclosedLeftOut, 'row')} left out` : '';
  return [
    ...about(
      'ragged-rows',
      few,
      width,
      `fewer in ${plural(few.count, 'row')}, left out`,
      'Add the missing fields, or go on without these rows.',
    ),
    ...about(
      'ragged-rows',
      many,
      width,
      `more in ${plural(many.count, 'row')}, left out`,
      'A text with the delimiter in it needs quotes around it.',
    ),
    ...about(
      'unclosed-quote',
      unclosed,
      'a closing quote for each opening one',
      `${plural(unclosed.count, 'quote')} never closed; the line was read as it stands${leftOut}`,
      'Close the quote in the file, or double it ("") where it is part of the text.',
    ),
    ...about(
      'broken-rows',
      broken,
      'JSON',
      `something else in ${plural(broken.count, 'row')}, left out`,
      'Correct these rows, or go on without them.',
    ),
    ...about(
      'broken-rows',
      faults['not-a-row'],
      'rows alike: an object each, or a list each',
      `something else in ${plural(faults['not-a-row'].count, 'row')}, left out`,
      'Correct these rows, or go on without them.',
    ),
  ];
}

function encodingNotice(name: string, { encoding, invalidBytes }: EncodingJudgement): Notice[] {
  if (invalidBytes === 0) return [];
  const are = `${plural(invalidBytes, 'byte')} that ${invalidBytes === 1 ? 'is' : 'are'} not`;
  const how = encoding === 'utf-8' ? 'read as \uFFFD' : `so it was read as ${ENCODING_NAMES[encoding]}`;
  const fix = 'If letters look wrong in the preview, choose another encoding.';
  return [{ code: 'invalid-bytes', where: name, expected: 'UTF-8', found: `${are}, ${how}`, fix, count: invalidBytes }];
}

/** `name`: the file's, for a person; `encodings`: those of its parts that are text. */
export function readingNotices(
  name: string,
  { table, namedLabels }: ReadTable,
  encodings: readonly { readonly name: string; readonly judged: EncodingJudgement }[],
  headerJudged: boolean,
): Notice[] {
  const notices = encodings.flatMap((part) => encodingNotice(part.name, part.judged));
  if (table.rowsSeen > table.rows) {
    notices.push({
      code: 'sampled',
      where: name,
      expected: plural(table.rowsSeen, 'row'),
      found: `a sample of ${plural(table.rows, 'row')}, each class with its share`,
      fix: 'Nothing to do: the same rows are drawn every time.',
      count: table.rows,
    });
  }
  if (table.hasHeader === false && headerJudged) {
    notices.push({
      code: 'no-header',
      where: `Row ${table.rowNumbers[0] ?? 1}`,
      expected: 'the names of the columns',
      found: 'values that come again below, so it was taken as data',
      fix: 'If it is a header, set "Header row" to yes.',
      count: 1,
      rows: [table.rowNumbers[0] ?? 1],
    });
  }
  if (namedLabels.length > 0) {
    notices.push({
      code: 'named-labels',
      where: namedLabels.map((column) => `Column "${column}"`).join(', '),
      expected: 'class names',
      found: 'numbers, for which the file itself has the names: they were read as the names',
      fix: 'Nothing to do.',
      count: namedLabels.length,
    });
  }
  return [...notices, ...rowFaults(table)];
}
