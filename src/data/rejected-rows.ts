/** The rows that were left out, as a CSV file: row number, reason, and the fields as they were read. */
import Papa from 'papaparse';
import { plural } from '../lib/counts.ts';
import type { RowFault, Table } from './table.ts';

const REASONS: Readonly<Record<RowFault, string>> = {
  'too-few-fields': 'fewer fields than the header',
  'too-many-fields': 'more fields than the header',
  'unclosed-quote': 'a quote that is never closed',
  'broken-json': 'not JSON',
  'not-a-row': 'not a row: neither an object nor a list',
};

/** Fields that a spreadsheet would compute (=, +, -, @, tab) begin with an apostrophe. UTF-8 with a byte order mark, for Excel. */
export function rejectedRowsFile({ rejects, parts }: Table): Blob {
  const { kept, count } = rejects;
  const width = kept.reduce((most, { cells }) => Math.max(most, cells.length), 1);
  const header = ['row', 'reason', ...Array.from({ length: width }, (_, c) => `field ${c + 1}`)];
  const lines = kept.map(({ row, fault, cells }) => [String(row), REASONS[fault], ...cells]);
  if (count > kept.length) lines.push(['', `and ${plural(count - kept.length, 'more row')}`]);
  if (parts.length > 1) lines.push(['', `row numbers are those of each file: ${parts.map(({ name }) => name).join(', ')}`]);
  return new Blob(['\uFEFF', Papa.unparse([header, ...lines], { escapeFormulae: true, newline: '\r\n' }), '\r\n'], {
    type: 'text/csv',
  });
}
