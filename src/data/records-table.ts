/** Records of fields become a table: the first is its header, unless it is data, and each row must have as many fields. */
import { createFaultLog } from './fault-log.ts';
import { looksLikeData } from './header.ts';
import { growTo, type RowStore } from './row-store.ts';
import type { RecordState } from './records.ts';
import type { Table } from './table.ts';

export interface RecordsTable {
  /** A record and its place in the file, counted as rows. Returns false when reading on is useless (`quotesAreText`). */
  add(fields: string[], row: number, state: RecordState): boolean;
  reject(row: number, fault: 'broken-json' | 'not-a-row', text: string): void;
  /** Null when no record came at all. */
  finish(name: string): Table | null;
  /** So many quotes are never closed that they can hardly wrap fields: read again with `quotes: false`. */
  readonly quotesAreText: boolean;
}

export interface RecordsOptions {
  readonly store: RowStore;
  /** A person's word on the first record; judged where it is left out. */
  readonly hasHeader?: boolean | undefined;
  /** Whether the dialect wraps fields in quotes, so that it can be wrong about it. */
  readonly quotes: boolean;
}

const MANY_UNCLOSED = 50;
const MANY_UNCLOSED_SHARE = 0.02;

const isBlank = (field: string): boolean => field.trim() === '';

export function createRecordsTable({ store, hasHeader: wanted, quotes }: RecordsOptions): RecordsTable {
  const log = createFaultLog();
  let header: string[] | null = null;
  let headerRow = 0;
  let rows = 0;
  let quotesAreText = false;

  return {
    add(fields, row, state) {
      if (fields.length === 1 && isBlank(fields[0]!)) return true;
      if (!header) {
        header = fields;
        headerRow = row;
        fields.forEach(() => store.addColumn());
        return true;
      }
      const width = header.length;
      // Delimiters at the end of a line, with nothing after them, take nothing away.
      const fits = fields.length === width || (fields.length > width && fields.slice(width).every(isBlank));
      if (fits) {
        rows++;
        store.add(fields, row);
      }
      if (state === 'unclosed') {
        if (fits) log.remark(row, 'unclosed-quote');
        else log.reject(row, 'unclosed-quote', fields);
        const limit = Math.max(MANY_UNCLOSED, rows * MANY_UNCLOSED_SHARE);
        quotesAreText = quotes && log.faults['unclosed-quote'].count > limit;
      } else if (!fits) log.reject(row, fields.length < width ? 'too-few-fields' : 'too-many-fields', fields);
      return !quotesAreText;
    },
    reject: (row, fault, text) => log.reject(row, fault, [text]),
    get quotesAreText() {
      return quotesAreText;
    },
    finish(name) {
      if (!header) return null;
      const { columns, rowNumbers, ...stored } = store.finish();
      const hasHeader = wanted ?? !looksLikeData(header, columns);
      const names = header.map((word, c) => (hasHeader && !isBlank(word) ? word.trim() : `column ${c + 1}`));
      let numbers = rowNumbers;
      let [count, rowsSeen] = [stored.rows, stored.rowsSeen];
      if (!hasHeader) {
        header.forEach((cell, c) => columns[c]?.unshift(cell));
        numbers = growTo(rowNumbers.slice(), count + 1);
        numbers.copyWithin(1, 0, count++);
        numbers[0] = headerRow;
        rowsSeen++;
      }
      return {
        names,
        columns,
        rowNumbers: numbers.subarray(0, count),
        rows: count,
        rowsSeen,
        hasHeader,
        faults: log.faults,
        rejects: log.rejects,
        parts: [{ name, rows: count }],
      };
    },
  };
}
