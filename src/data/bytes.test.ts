import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { Problem } from '../lib/problem.ts';
import { blobSource } from './byte-source.ts';
import { judgeEncoding, readText } from './bytes.ts';
import type { Encoding } from './types.ts';

const { signal } = new AbortController();

function judge(bytes: Uint8Array<ArrayBuffer> | string): ReturnType<typeof judgeEncoding> {
  return judgeEncoding(blobSource('data.csv', new Blob([bytes])), signal, () => undefined);
}
async function textOf(bytes: Uint8Array<ArrayBuffer>, encoding: Encoding): Promise<string> {
  let text = '';
  for await (const piece of readText(blobSource('data.csv', new Blob([bytes])), encoding, signal, () => undefined)) text += piece;
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
      expect(await judge(bytes)).toEqual({ encoding: 'utf-8', invalidBytes: 0, bytes: bytes.length });
      expect((await textOf(bytes, 'utf-8')) === text.replace('\uFEFF', '')).toBe(true);
    }
  });

  it.each([
    ['utf-16le', false],
    ['utf-16be', true],
  ] as const)('knows %s by its mark, and by its zeros', async (encoding, bigEndian) => {
    for (const text of [`\uFEFF${table}`, table]) {
      const bytes = utf16(text, bigEndian);
      expect(await judge(bytes)).toEqual({ encoding, invalidBytes: 0, bytes: bytes.length });
      expect(await textOf(bytes, encoding)).toBe(table);
    }
  });

  it('takes what is not UTF-8 for Windows-1252, and counts the bytes', async () => {
    const bytes = latin1('text,label\n\x93caf\xe9\x94 5 \x80,x\n');
    expect(await judge(bytes)).toMatchObject({ encoding: 'windows-1252', invalidBytes: 4 });
    expect(await textOf(bytes, 'windows-1252')).toBe('text,label\n“café” 5 €,x\n');
  });

  it('keeps UTF-8 for a file with more good characters than broken ones', async () => {
    const bytes = new Uint8Array([...new TextEncoder().encode('éèêëàâ'), 0xff, 0x0a]);
    expect(await judge(bytes)).toMatchObject({ encoding: 'utf-8', invalidBytes: 1 });
    expect(await textOf(bytes, 'utf-8')).toBe('éèêëàâ\uFFFD\n');
  });

  const foreign: readonly (readonly [Encoding, string])[] = [
    ['windows-1252', 'texte,classe\nLe café était très bon, à côté de l’hôtel,positif\nUne déception complète,négatif\n'],
    ['windows-1252', 'text,label\nIt’s great – “really”,x\nnothing here,y\n'],
    ['shift_jis', 'テキスト,ラベル\nこの映画は素晴らしい,良い\n最悪だった,悪い\n'],
    ['euc-jp', 'テキスト,ラベル\nこの映画は素晴らしい,良い\n最悪だった,悪い\n'],
    ['gb18030', '文本,标签\n这部电影非常好看,好\n太差了不推荐,坏\n'],
    ['big5', '文本,標籤\n這部電影非常好看,好\n太差了不推薦,壞\n'],
    ['euc-kr', '텍스트,라벨\n이 영화는 정말 좋았어요,좋음\n최악이었다,나쁨\n'],
    ['windows-1251', 'текст,метка\nэтот фильм был прекрасен,хорошо\nужасно и скучно,плохо\n'],
    ['koi8-r', 'текст,метка\nэтот фильм был прекрасен,хорошо\nужасно и скучно,плохо\n'],
    [
      'windows-1250',
      'tekst,etykieta\nTen film był świetny, polecam gorąco każdemu,dobry\nZupełna porażka, straciłem pieniądze,zły\n',
    ],
  ];
  it.each(foreign)('finds %s, also where it comes after two megabytes of ASCII', async (encoding, text) => {
    const bytes = Uint8Array.from(iconv.encode(text, encoding));
    expect((await judge(bytes)).encoding).toBe(encoding);
    expect(await textOf(bytes, encoding)).toBe(text);
    const long = new Uint8Array([...new TextEncoder().encode('plain words,x\n'.repeat(150_000)), ...bytes]);
    expect((await judge(long)).encoding).toBe(encoding);
  });

  it('knows ISO-2022-JP by its escapes (RFC 1468)', async () => {
    expect((await judge(latin1('text,label\n\x1b$B$3$N1G2h$O\x1b(B,x\n'))).encoding).toBe('iso-2022-jp');
  });

  it('knows UTF-16 without a mark where hardly any character is Latin', async () => {
    const text = '文本,标签\n这部电影非常好看,好\n太差了不推荐,坏\n';
    expect((await judge(utf16(text, false))).encoding).toBe('utf-16le');
    expect((await judge(utf16(text, true))).encoding).toBe('utf-16be');
  });

  const noise = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919 + (i >> 3) * 31) & 255);
  const binaries: [string, Uint8Array<ArrayBuffer>, RegExp][] = [
    ['a PNG image', latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), /PNG/],
    ['a PDF document', latin1('%PDF-1.7\n%\xe2\xe3'), /PDF/],
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
