/** parse(write(rows)) = rows, for any strings that an encoding can hold. Other people's programs write: papaparse and iconv-lite. */
import fc from 'fast-check';
import iconv from 'iconv-lite';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { openBytes, rowsOf } from '../testing/open-bytes.ts';
import type { Delimiter, Encoding } from '../types.ts';

interface Written {
  readonly encoding: Encoding;
  readonly writer: string;
  readonly addBOM: boolean;
  readonly letters: string;
}

/** Letters that each encoding is likely to hold; what it cannot is left out below. */
const ENCODINGS: readonly Written[] = [
  { encoding: 'utf-8', writer: 'utf8', addBOM: false, letters: 'é漢😀\u0085\u2028' },
  { encoding: 'utf-8', writer: 'utf8', addBOM: true, letters: 'éß漢😀' },
  { encoding: 'utf-16le', writer: 'utf16le', addBOM: true, letters: 'é漢😀' },
  { encoding: 'utf-16be', writer: 'utf16be', addBOM: true, letters: 'é漢😀' },
  { encoding: 'windows-1252', writer: 'windows-1252', addBOM: false, letters: 'éß“”€–Ÿ' },
  { encoding: 'windows-1252', writer: 'latin1', addBOM: false, letters: 'éßþÿ\u00a0' },
  { encoding: 'windows-1251', writer: 'windows-1251', addBOM: false, letters: 'жЩыё' },
  { encoding: 'shift_jis', writer: 'shift_jis', addBOM: false, letters: '漢字ｱソ表能' },
  { encoding: 'gb18030', writer: 'gb18030', addBOM: false, letters: '汉字€😀' },
  { encoding: 'euc-kr', writer: 'euc-kr', addBOM: false, letters: '한글값' },
];
const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];
const MARKS = ['a', 'B', '0', ' ', '"', '""', ',', ';', '\t', '|', '\n', '\r', '\r\n', "'", '=', '\\', '{', '[', '\0', '\x1f'];

/** Both the writer and the Encoding Standard must have the characters: Node's ICU lacks some of the rarer Hangul. */
function holds({ encoding, writer, addBOM }: Written, text: string): boolean {
  const bytes = iconv.encode(text, writer, { addBOM });
  return iconv.decode(bytes, writer) === text && new TextDecoder(encoding).decode(bytes) === text;
}

describe('what is written comes back', () => {
  it.each(ENCODINGS)('$writer, mark: $addBOM', async (written) => {
    const { encoding, writer, addBOM, letters } = written;
    const unit = fc.oneof(fc.constantFrom(...MARKS, ...Array.from(letters)), fc.string({ unit: 'grapheme', maxLength: 1 }));
    const cell = fc.string({ unit, maxLength: 12 }).filter((text) => holds(written, text) && !text.includes('\uFEFF'));
    const row = fc.array(cell, { minLength: 3, maxLength: 3 });
    const table = fc.array(row, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom(...DELIMITERS), fc.constantFrom('\n', '\r\n'), async (rows, delimiter, newline) => {
        const text = Papa.unparse(rows, { delimiter, newline, quotes: true }) + newline;
        const bytes = Uint8Array.from(iconv.encode(text, writer, { addBOM }));
        const dataset = await openBytes(bytes, 'a.csv', { encoding, delimiter, hasHeader: false });
        expect(rowsOf(dataset)).toEqual(rows);
        expect(dataset.summary.rejectedRows).toBe(0);
      }),
      { seed: 6, numRuns: 120 },
    );
  });

  it('JSON and JSON Lines, any strings at all, in pieces of any size', async () => {
    const row = fc.record({ text: fc.string({ unit: 'binary' }), 'a label': fc.string({ unit: 'grapheme' }) });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), fc.boolean(), async (rows, lines) => {
        // Half a surrogate pair cannot be written in UTF-8.
        const whole = rows.map(({ text, 'a label': label }) => ({ text: Buffer.from(text).toString(), label }));
        const text = lines ? whole.map((one) => JSON.stringify(one)).join('\n') : JSON.stringify(whole, null, 1);
        const dataset = await openBytes(text, lines ? 'a.jsonl' : 'a.json', { encoding: 'utf-8' });
        expect(rowsOf(dataset)).toEqual(whole.map(({ text: first, label }) => [first, label]));
      }),
      { seed: 6, numRuns: 200 },
    );
  });
});
