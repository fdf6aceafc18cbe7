/** JSON Lines: one object, or one list of cells, on each line. A line that is no JSON is left out by its number. */
import { lineTooLong, LONGEST_RECORD } from '../longest-record.ts';
import { createJsonRows } from './json-rows.ts';
import { noRows } from './no-rows.ts';
import type { ReadResult, TextInput } from './types.ts';

export async function readJsonLines(input: TextInput): Promise<ReadResult> {
  const rows = createJsonRows(input);
  let pending = '';
  let line = 0;
  const take = (text: string): void => {
    line++;
    if (text.trim() !== '') rows.addText(text, line);
  };
  for await (const piece of input.pieces(input.onBytes)) {
    pending += piece;
    let start = 0;
    for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n', start)) {
      take(pending.slice(start, end));
      start = end + 1;
    }
    pending = pending.slice(start);
    if (pending.length > LONGEST_RECORD) throw lineTooLong();
  }
  if (pending !== '') take(pending);
  const table = rows.finish();
  if (!table) throw noRows(input.name);
  return { table, namedLabels: [], format: 'JSON Lines', delimiter: null, parts: [], part: null };
}
