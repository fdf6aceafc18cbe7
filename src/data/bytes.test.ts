import { describe, expect, it } from 'vitest';
import { Problem } from '../lib/problem.ts';
import { judgeEncoding, readText, type Encoding } from './bytes.ts';

const { signal } = new AbortController();

function judge(bytes: Uint8Array<ArrayBuffer> | string): ReturnType<typeof judgeEncoding> {
  return judgeEncoding(new Blob([bytes]), 'data.csv', signal, () => undefined);
}
async function textOf(bytes: Uint8Array<ArrayBuffer>, encoding: Encoding): Promise<string> {
  let text = '';
  for await (const piece of readText(new Blob([bytes]), encoding, 'data.csv', signal, () => undefined)) text += piece;
  return text;
}
function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
function utf16(text: string, bigEndian: boolean): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), !bigEndian);
  return bytes;
}

const table = 'text,label\nnaïve “quote” 😀,b\n';

describe('judgeEncoding', () => {
  it('knows UTF-8 with and without a byte order mark, over the borders of pieces', async () => {
    for (const text of [table, `\uFEFF${table}`, `é${'€'.repeat(700_000)}`]) {
      const bytes = new TextEncoder().encode(text);
      expect(await judge(bytes)).toEqual({ encoding: 'utf-8', invalidBytes: 0 });
      expect((await textOf(bytes, 'utf-8')) === text.replace('\uFEFF', '')).toBe(true);
    }
  });

  it.each([
    ['utf-16le', false],
    ['utf-16be', true],
  ] as const)('knows %s by its mark, and by its zeros', async (encoding, bigEndian) => {
    for (const text of [`\uFEFF${table}`, table]) {
      const bytes = utf16(text, bigEndian);
      expect(await judge(bytes)).toEqual({ encoding, invalidBytes: 0 });
      expect(await textOf(bytes, encoding)).toBe(table);
    }
  });

  it('takes what is not UTF-8 for Windows-1252, and counts the bytes', async () => {
    const bytes = latin1('text,label\n\x93caf\xe9\x94 5 \x80,x\n');
    expect(await judge(bytes)).toEqual({ encoding: 'windows-1252', invalidBytes: 4 });
    expect(await textOf(bytes, 'windows-1252')).toBe('text,label\n“café” 5 €,x\n');
  });

  it('keeps UTF-8 for a file with more good characters than broken ones', async () => {
    const bytes = new Uint8Array([...new TextEncoder().encode('éèêëàâ'), 0xff, 0x0a]);
    expect(await judge(bytes)).toEqual({ encoding: 'utf-8', invalidBytes: 1 });
    expect(await textOf(bytes, 'utf-8')).toBe('éèêëàâ\uFFFD\n');
  });

  const noise = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919 + (i >> 3) * 31) & 255);
  const binaries: [string, Uint8Array<ArrayBuffer>, RegExp][] = [
    ['a PNG image', latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), /PNG/],
    [
      'an Excel workbook',
      latin1('PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0[Content_Types].xml xl/workbook.xml'),
      /spreadsheet.*save it as CSV/,
    ],
    ['a zip archive', latin1('PK\x03\x04\x14\0\0\0\x08\0data.csv'), /zip archive.*Unpack/],
    ['a Parquet file', latin1('PAR1\x15\x04\x15\x10'), /Parquet.*pandas/],
    ['a PDF document', latin1('%PDF-1.7\n%\xe2\xe3'), /PDF/],
    ['a gzip archive', latin1('\x1f\x8b\x08\0\0\0'), /gzip/],
    ['bytes of no known kind', noise, /binary data/],
    ['text with zeros in it', latin1(`text,label\n${'good,x\n'.repeat(100)}\0\0\0`), /binary data/],
    ['control characters', latin1('\x01\x02\x03\x04abc'), /binary data/],
  ];
  it.each(binaries)('%s is a problem that names it', async (_, bytes, words) => {
    await expect(judge(bytes)).rejects.toBeInstanceOf(Problem);
    await expect(judge(bytes)).rejects.toThrow(words);
    await expect(judge(bytes)).rejects.toThrow('data.csv: expected a text file');
  });
});
