/**
 * Which delimiter a table has, and whether `"` wraps fields in it: judged by how consistent the columns come out, never by the file's
 * name. GLUE's TSV files, where quotes are text, are told from quoted ones by quotes that open a field and do not close it.
 */
import { createRecordReader, type Dialect } from './records.ts';
import type { Delimiter } from './types.ts';

const DELIMITERS: readonly Delimiter[] = ['\t', ',', ';', '|'];
/** So many bad quotes in the sample settle that quotes do not wrap. */
const ENOUGH_BAD_QUOTES = 20;

interface Reading {
  readonly dialect: Dialect;
  /** Fields of the first record. */
  readonly width: number;
  /** Share of the other records with just as many fields. */
  readonly consistency: number;
  readonly badQuotes: number;
  /** Where quotes are read as text: what the fields that begin with one say for quotes that wrap, and against. */
  readonly forQuotes: number;
  readonly againstQuotes: number;
}

/** With tabs, quotes are text as often as not; a comma or semicolon file has them by mistake unless they come again and again. */
const FEWEST_OPENED = 3;
const FEWEST_OPENED_SHARE = 0.01;

/** A doubled quote inside of a wrapped field was written by a program that quotes. */
const DOUBLED_WEIGHT = 10;
const OPENED_WEIGHT = 4;

type QuotedField = 'wrapped' | 'doubled' | 'opened';

function quotedField(field: string): QuotedField {
  const inside = field.slice(1, -1);
  if (field.length < 2 || !field.endsWith('"') || inside.replaceAll('""', '').includes('"')) return 'opened';
  return inside.includes('""') ? 'doubled' : 'wrapped';
}

/** How the sample comes out under one dialect; `complete`: it is the whole file, so its last line counts. */
function read(sample: string, complete: boolean, dialect: Dialect): Reading {
  let [width, records, consistent, badQuotes, doubled, opened] = [0, 0, 0, 0, 0, 0];
  let wrapped: number[] = [];
  const reader = createRecordReader(dialect, (fields, state) => {
    if (fields.length === 1 && fields[0]?.trim() === '') return true;
    if (state !== 'good') badQuotes++;
    if (width === 0) {
      width = fields.length;
      wrapped = fields.map(() => 0);
      return true;
    }
    records++;
    if (fields.length === width) {
      consistent++;
      if (!dialect.quotes) {
        fields.forEach((field, c) => {
          const text = field.trim();
          if (!text.startsWith('"')) return;
          const kind = quotedField(text);
          if (kind === 'opened') opened++;
          else if (kind === 'doubled') doubled++;
          else wrapped[c]!++;
        });
      }
    }
    return badQuotes < ENOUGH_BAD_QUOTES;
  });
  // The last line of a part is cut somewhere.
  reader.push(complete ? sample : sample.slice(0, sample.lastIndexOf(dialect.newline) + 1));
  reader.finish();
  // Programs wrap what needs it, or a whole column; here and there a wrapped field is somebody's words in quotes.
  const wholeColumns = wrapped.filter((count) => count > records / 2).reduce((sum, count) => sum + count, 0);
  const isMistake = dialect.delimiter !== '\t' && opened < Math.max(FEWEST_OPENED, records * FEWEST_OPENED_SHARE);
  return {
    dialect,
    width,
    consistency: records === 0 ? 1 : consistent / records,
    badQuotes,
    forQuotes: wholeColumns + doubled * DOUBLED_WEIGHT,
    againstQuotes: isMistake ? 0 : opened * OPENED_WEIGHT,
  };
}

function judgeQuotes(sample: string, complete: boolean, dialect: Dialect): Reading {
  const quoted = read(sample, complete, dialect);
  if (!sample.includes('"')) return quoted;
  if (quoted.badQuotes === 0 && quoted.consistency === 1) return quoted;
  const literal = read(sample, complete, { ...dialect, quotes: false });
  const textual = literal.consistency >= quoted.consistency && literal.againstQuotes > literal.forQuotes;
  return textual ? literal : quoted;
}

/** The first line that is not blank. */
function firstLine(sample: string, newline: Dialect['newline']): string {
  const start = sample.lastIndexOf(newline, sample.search(/\S/)) + 1;
  const end = sample.indexOf(newline, start);
  return sample.slice(start, end < 0 ? sample.length : end);
}

/** Lines that are looked at, and the share of them that must have a label and a text. */
const LABELLED_LINES = 2000;
const LABELLED_SHARE = 0.99;
/** More different first words than this are no labels. */
const MOST_LABELS = 200;

/** Whether lines are a label, a space and a text: few first words, which come again and again, and something after each. */
function startsWithLabels(sample: string, newline: Dialect['newline']): boolean {
  const lines = sample
    .split(newline, LABELLED_LINES + 1)
    .slice(0, LABELLED_LINES)
    .filter((line) => line.trim() !== '');
  const labelled = lines.filter((line) => /^\S+ +\S/.test(line));
  const labels = new Set(labelled.map((line) => line.slice(0, line.indexOf(' '))));
  const again = labels.size >= 2 && labels.size <= Math.min(MOST_LABELS, lines.length / 4);
  return again && labelled.length >= lines.length * LABELLED_SHARE;
}

/** The dialect with a delimiter that a person chose. */
export function judgeQuotesOf(sample: string, complete: boolean, delimiter: Delimiter): Dialect {
  const newline = newlineOf(sample);
  if (delimiter === ' ' || delimiter === '') return { delimiter, quotes: false, newline };
  return judgeQuotes(sample, complete, { delimiter, quotes: true, newline }).dialect;
}

function newlineOf(sample: string): Dialect['newline'] {
  return sample.includes('\n') || !sample.includes('\r') ? '\n' : '\r';
}

/** One column: as a file of comma separated values has it, quotes and all, or each line as it stands. */
function judgeOneColumn(sample: string, complete: boolean, newline: Dialect['newline']): Dialect {
  if (startsWithLabels(sample, newline)) return { delimiter: ' ', quotes: false, newline };
  const { dialect, width, consistency } = judgeQuotes(sample, complete, { delimiter: ',', quotes: true, newline });
  return width === 1 && consistency === 1 ? dialect : { delimiter: '', quotes: false, newline };
}

/**
 * The dialect of a table from its first characters. Where no delimiter makes two columns of the first line it has one column, or a
 * label before the first space of each line. `complete`: the sample is all there is.
 */
export function judgeDialect(sample: string, complete: boolean): Dialect {
  const newline = newlineOf(sample);
  const header = firstLine(sample, newline);
  const readings = DELIMITERS.filter((delimiter) => header.includes(delimiter))
    .map((delimiter) => judgeQuotes(sample, complete, { delimiter, quotes: true, newline }))
    .filter(({ width }) => width > 1);
  const [first, ...others] = readings;
  if (!first) return judgeOneColumn(sample, complete, newline);
  return others.reduce((best, reading) => (reading.consistency > best.consistency ? reading : best), first).dialect;
}
