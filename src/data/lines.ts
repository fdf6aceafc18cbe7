/** Lines as records where nothing wraps fields: each line is one cell, or a label, a space and a text. */
import { lineTooLong, LONGEST_RECORD } from './longest-record.ts';
import type { Dialect, RecordHandler, RecordReader } from './records.ts';

export function createLineReader(delimiter: ' ' | '', newline: Dialect['newline'], onRecord: RecordHandler): RecordReader {
  let pending = '';
  let running = true;

  const fieldsOf = (text: string): string[] => {
    const line = newline === '\n' && text.endsWith('\r') ? text.slice(0, -1) : text;
    if (delimiter === '') return [line];
    const space = line.indexOf(' ');
    return space < 0 ? [line] : [line.slice(0, space), line.slice(space + 1).trimStart()];
  };

  return {
    push(text) {
      pending += text;
      let start = 0;
      for (let end = pending.indexOf(newline); end >= 0 && running; end = pending.indexOf(newline, start)) {
        running = onRecord(fieldsOf(pending.slice(start, end)), 'good');
        start = end + 1;
      }
      pending = pending.slice(start);
      if (pending.length > LONGEST_RECORD) throw lineTooLong();
      return running;
    },
    finish() {
      if (running && pending !== '') running = onRecord(fieldsOf(pending), 'good');
      pending = '';
      return running;
    },
  };
}
