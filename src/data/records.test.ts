import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { createRecordReader, type Dialect, type RecordState } from './records.ts';

interface Read {
  readonly records: string[][];
  readonly states: RecordState[];
}

/** Reads `text` in pieces that end at `cuts`. */
function read(text: string, dialect: Partial<Dialect> = {}, cuts: readonly number[] = []): Read {
  const result: Read = { records: [], states: [] };
  const reader = createRecordReader({ delimiter: ',', quotes: true, newline: '\n', ...dialect }, (fields, state) => {
    result.records.push(fields);
    result.states.push(state);
    return true;
  });
  const ends = [...cuts.map((cut) => Math.min(cut, text.length)), text.length].sort((a, b) => a - b);
  let start = 0;
  for (const end of ends) {
    reader.push(text.slice(start, end));
    start = end;
  }
  reader.finish();
  return result;
}

describe('createRecordReader', () => {
  it('reads back what was written, for any strings, delimiters and line ends, in pieces', () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', 'é', '漢', '😀', '"', '""', ',', ';', '\t', '|', '\n', '\r', '\r\n', ' ', 'b c'),
    });
    const table = fc
      .integer({ min: 2, max: 4 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }));
    const delimiter = fc.constantFrom<Dialect['delimiter']>(',', ';', '\t', '|');
    fc.assert(
      fc.property(
        table,
        delimiter,
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.array(fc.nat(200)),
        (rows, by, newline, all, cuts) => {
          const text = Papa.unparse(rows, { delimiter: by, newline, quotes: all }) + newline;
          const { records, states } = read(text, { delimiter: by }, cuts);
          expect(records).toEqual(rows);
          expect(states.every((state) => state === 'good')).toBe(true);
        },
      ),
      { seed: 7, numRuns: 2000 },
    );
  });

  it('reads back long tables over the borders of its slices', () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => [
      `${i}`,
      i % 7 === 0 ? `a "quoted", ${i}\nsecond line` : `plain ${i}`,
      'x',
    ]);
    const text = Papa.unparse(rows, { newline: '\r\n' });
    expect(text.length).toBeGreaterThan(2 ** 20);
    expect(read(text, {}, [1, 2 ** 18, 2 ** 18 + 1, 700_001]).records).toEqual(rows);
  });

  it('reads quotes as text where they do not wrap', () => {
    const { records } = read('1\t" he said\r\n0\tthe " end "\n', { delimiter: '\t', quotes: false });
    expect(records).toEqual([
      ['1', '" he said'],
      ['0', 'the " end "'],
    ]);
  });

  it('takes LF and CR LF in one file, and CR alone', () => {
    expect(read('a,b\r\nc,d\ne,"f\r"\r\n').records).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f\r'],
    ]);
    expect(read('a,b\rc,d', { newline: '\r' }).records).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('does not let a quote that is never closed swallow the rows after it', () => {
    const { records, states } = read('a,b\n"open,1\nplain,2\n"shut, it","3"\nlast,4\n');
    expect(records).toEqual([
      ['a', 'b'],
      ['"open', '1'],
      ['plain', '2'],
      ['shut, it', '3'],
      ['last', '4'],
    ]);
    expect(states).toEqual(['good', 'unclosed', 'good', 'good', 'good']);
  });

  it('finds one that has no other quote after it, at the end and far from it', () => {
    const tail = Array.from({ length: 5 }, (_, i) => `row ${i},${i}`);
    expect(read(['a,b', '"open,1', ...tail].join('\n')).records).toHaveLength(7);
    const long = Array.from({ length: 300_000 }, (_, i) => `row number ${i},${i}`);
    const { records, states } = read(['a,b', '"open,1', ...long].join('\n'));
    expect(records).toHaveLength(300_002);
    expect(states.filter((state) => state === 'unclosed')).toHaveLength(1);
  });

  it('keeps a row whose quotes are not doubled but stay on its line', () => {
    expect(read('a,b\n"he said "hi" to me",1\nc,2\n')).toEqual({
      records: [
        ['a', 'b'],
        ['he said "hi" to me', '1'],
        ['c', '2'],
      ],
      states: ['good', 'malformed', 'good'],
    });
  });

  it('keeps a cell of a megabyte with quotes and lines in it', () => {
    const cell = 'a line, "quoted"\n'.repeat(60_000);
    const text = Papa.unparse([
      ['text', 'label'],
      [cell, 'x'],
      ['y', 'z'],
    ]);
    expect(read(text, {}, [300_000, 600_000]).records[1]).toEqual([cell, 'x']);
  });

  it('notices at once when every line opens a quote, and stops when told', () => {
    let seen = 0;
    const reader = createRecordReader({ delimiter: ',', quotes: true, newline: '\n' }, () => ++seen < 50);
    expect(reader.push('"a,b\n'.repeat(20_000))).toBe(false);
    expect(seen).toBe(50);
  });
});
