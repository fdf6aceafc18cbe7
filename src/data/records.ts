/**
 * From text to records of fields, a piece of text at a time. papaparse splits; what is here is what it leaves open: pieces that end
 * within a record, CR LF beside LF in one file, and a quote that is opened and never closed, which would swallow the rows after it.
 */
import Papa, { type ParseResult, type ParseStepResult } from 'papaparse';
import { createLineReader } from './lines.ts';
import { lineTooLong, LONGEST_RECORD } from './longest-record.ts';
import type { Delimiter } from './types.ts';

export interface Dialect {
  readonly delimiter: Delimiter;
  /** Whether `"` may wrap a field (and is doubled inside of it), or is a character like any other. */
  readonly quotes: boolean;
  /** CR LF counts as LF with a carriage return before it. */
  readonly newline: '\n' | '\r';
}

/** `malformed`: a quote in it is neither closed nor doubled; `unclosed`: it would run over the end of its line, so the line is taken
 * as it stands, quotes and all. */
export type RecordState = 'good' | 'malformed' | 'unclosed';

/** Returns false to stop the reader. */
export type RecordHandler = (fields: string[], state: RecordState) => boolean;

export interface RecordReader {
  /** False once the handler has stopped it. */
  push(text: string): boolean;
  finish(): boolean;
}

/** Characters that are parsed at once; a bad quote makes papaparse look to the end of them. */
const SLICE = 2 ** 16;
/** papaparse also reports the last quote of a slice, before it has seen what follows: one report alone proves nothing. */
const PROVING_ERRORS = 2;

/** The part of papaparse's parser that is used, with its types. */
interface CoreParser {
  parse(input: string, baseIndex: number, ignoreLastRow: boolean): ParseResult<string[]>;
  abort(): void;
}

interface Parsed {
  /** Where the last whole record ends. */
  end: number;
  /** The record after it opens a quote that is never closed. */
  unclosed: boolean;
}

/** Throws `Problem` from `push` for a line that is longer than any record may be. */
export function createRecordReader(dialect: Dialect, onRecord: RecordHandler): RecordReader {
  const { delimiter, quotes, newline } = dialect;
  if (delimiter === ' ' || delimiter === '') return createLineReader(delimiter, newline, onRecord);
  let pending = '';
  /** Not before so much is pending is it worth to parse again. */
  let enough = SLICE;
  let running = true;
  const stopped = (): boolean => !running;

  /** Without the CR that belongs to the line end: the last field has it only when it is not quoted. */
  const dropReturn = (fields: string[], input: string, start: number, end: number): string[] => {
    if (newline === '\r') return fields;
    const lineEnd = input.charCodeAt(end - 1) === 10 ? end - 1 : end;
    const last = fields.length - 1;
    const value = fields[last] ?? '';
    if (!value.endsWith('\r') || !input.startsWith(value, lineEnd - value.length)) return fields;
    const before = lineEnd - value.length;
    if (before > start && input[before - 1] !== delimiter) return fields;
    fields[last] = value.slice(0, -1);
    return fields;
  };

  /** Takes the line at `start` as it stands; returns where the next one begins. */
  const takeLine = (input: string, start: number): number => {
    const found = input.indexOf(newline, start);
    const end = found < 0 ? input.length : found + 1;
    const line = input.slice(start, found < 0 ? end : found);
    running = onRecord(dropReturn(line.split(delimiter), input, start, end), 'unclosed');
    return end;
  };

  const config = { delimiter, newline, ...(quotes ? {} : { fastMode: true }) };

  /** All records of a text without bad quotes at once; null, with nothing handed over, where it takes a closer look. */
  const parseGood = (text: string, isLast: boolean): Parsed | null => {
    // A carriage return before a quote may be the end of a quoted field: then it is not part of the line end.
    if (text.includes('\r"')) return null;
    const parser: CoreParser = new Papa.Parser(config);
    const { data, errors, meta } = parser.parse(text, 0, !isLast);
    if (errors.length > 0) return null;
    // After a line end at the end of all papaparse sees one more, empty record.
    const count = isLast && text.endsWith(newline) ? data.length - 1 : data.length;
    for (let i = 0; i < count && running; i++) {
      const fields = data[i] ?? [];
      const last = fields.length - 1;
      const value = fields[last] ?? '';
      if (newline === '\n' && value.endsWith('\r')) fields[last] = value.slice(0, -1);
      running = onRecord(fields, 'good');
    }
    return { end: meta.cursor, unclosed: false };
  };

  /** The same a record at a time, with its place in the text; stops where a quote is never closed. */
  const parseWatched = (text: string, isLast: boolean): Parsed => {
    const parsed: Parsed = { end: 0, unclosed: false };
    const step = ({ data, errors, meta }: ParseStepResult<string[][]>): void => {
      const { end } = parsed;
      if (end === text.length) return;
      if (errors.length > 0) {
        const lineEnd = text.indexOf(newline, end);
        const severalLines = lineEnd >= 0 && lineEnd < meta.cursor - 1;
        parsed.unclosed = severalLines || errors.some(({ code }) => code === 'MissingQuotes');
      }
      if (!parsed.unclosed) {
        running = onRecord(dropReturn(data[0] ?? [], text, end, meta.cursor), errors.length > 0 ? 'malformed' : 'good');
        parsed.end = meta.cursor;
      }
      if (parsed.unclosed || !running) parser.abort();
    };
    const parser: CoreParser = new Papa.Parser({ ...config, step });
    const { errors } = parser.parse(text, 0, !isLast);
    if (running && !isLast && errors.length >= PROVING_ERRORS) {
      // What is left over is a record without an end so far, with quotes that do not close it, over several lines.
      parsed.unclosed ||= text.includes(newline, parsed.end);
    }
    return parsed;
  };

  const drain = (isLast: boolean): void => {
    let at = 0;
    let careful = false;
    while (!stopped()) {
      const text = at === 0 ? pending : pending.slice(at);
      const good: Parsed | null = careful ? null : parseGood(text, isLast);
      careful = good === null;
      const { end, unclosed } = good ?? parseWatched(text, isLast);
      at += end;
      const tooLong = at === 0 && !isLast && pending.length >= LONGEST_RECORD;
      const endless = tooLong && pending.includes(newline);
      if (tooLong && !endless) throw lineTooLong();
      if (stopped() || !(unclosed || endless)) break;
      at = takeLine(pending, at);
      if (at >= pending.length) break;
    }
    pending = pending.slice(at);
    enough = pending.length + Math.max(SLICE, pending.length);
  };

  return {
    push(text) {
      for (let at = 0; at < text.length && running; at += SLICE) {
        pending += text.length <= SLICE ? text : text.slice(at, at + SLICE);
        if (pending.length >= enough) drain(false);
      }
      return running;
    },
    finish() {
      if (running) drain(true);
      pending = '';
      return running;
    },
  };
}
