/** A corpus of nasty files, each made here, with what must come out. Other people's programs write what has a format of its own. */
import { BlobWriter, TextReader, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';
import { parquetWriteBuffer } from 'hyparquet-writer';
import iconv from 'iconv-lite';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import writeXlsxFile from 'write-excel-file/universal';
import { Problem } from '../../lib/problem.ts';
import { openBytes, openMany, rowsOf, type Content } from '../testing/open-bytes.ts';
import type { ReadingChoice } from '../types.ts';

const CSV = 'text,label\ngood,a\n"bad, really",b\n';
const ROWS = [
  ['good', 'a'],
  ['bad, really', 'b'],
];
const OBJECTS = ROWS.map(([text, label]) => ({ text, label }));

function bytes(text: string, encoding: string, addBOM = false): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(iconv.encode(text, encoding, { addBOM }));
}
function gzip(content: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(gzipSync(content));
}
async function zip(files: Readonly<Record<string, string | Uint8Array>>, password?: string): Promise<Blob> {
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false, ...(password ? { password } : {}) });
  for (const [name, content] of Object.entries(files)) {
    await writer.add(name, typeof content === 'string' ? new TextReader(content) : new Uint8ArrayReader(content));
  }
  return writer.close();
}
function parquet(codec: 'SNAPPY' | 'UNCOMPRESSED' = 'SNAPPY'): Uint8Array<ArrayBuffer> {
  const columnData = [
    { name: 'text', data: ROWS.map(([text]) => text), type: 'STRING' as const },
    { name: 'label', data: [0, 1], type: 'INT32' as const },
  ];
  const features = { info: { features: { label: { _type: 'ClassLabel', names: ['a', 'b'] } } } };
  const kvMetadata = [{ key: 'huggingface', value: JSON.stringify(features) }];
  return new Uint8Array(parquetWriteBuffer({ columnData, codec, kvMetadata }));
}
async function xlsx(sheets: Readonly<Record<string, readonly (readonly (string | number | null)[])[]>>): Promise<Blob> {
  const written = Object.entries(sheets).map(([sheet, rows]) => ({
    sheet,
    data: rows.map((row) => row.map((value) => (value === null ? null : { value }))),
  }));
  return writeXlsxFile(written).toBlob();
}

const good: readonly (readonly [what: string, make: () => Content | Promise<Content>, name?: string, choice?: ReadingChoice])[] =
  [
    ['CSV', () => CSV],
    ['CSV with CR LF', () => CSV.replaceAll('\n', '\r\n')],
    ['CSV with CR', () => CSV.replaceAll('\n', '\r')],
    ['a byte order mark', () => bytes(CSV, 'utf8', true)],
    ['UTF-16 LE', () => bytes(CSV, 'utf16le', true)],
    ['UTF-16 BE', () => bytes(CSV, 'utf16be', true)],
    ['UTF-16 LE without a mark', () => bytes(CSV, 'utf16le')],
    ['spaces around the header’s words', () => CSV.replace('text,label', ' text , label ')],
    ['blank lines', () => `\n\n${CSV}\n\n`],
    ['no line end at the end', () => CSV.trimEnd()],
    ['semicolons', () => CSV.replaceAll(',', ';').replace('bad; really', 'bad, really')],
    ['tabs', () => 'text\tlabel\ngood\ta\nbad, really\tb\n', 'data.txt'],
    ['bars', () => 'text|label\ngood|a\nbad, really|b\n'],
    ['a wrong name', () => CSV, 'data.json'],
    ['JSON, a list', () => JSON.stringify(OBJECTS), 'data.json'],
    ['JSON over lines, with a mark', () => bytes(JSON.stringify(OBJECTS, null, 2), 'utf8', true), 'data.txt'],
    ['JSON in UTF-16', () => bytes(JSON.stringify(OBJECTS), 'utf16le', true), 'data.json'],
    ['JSON, {"data": [...]}', () => JSON.stringify({ version: 1, data: OBJECTS }), 'data.json'],
    ['JSON, columns', () => JSON.stringify({ text: ['good', 'bad, really'], label: ['a', 'b'] }), 'data.json'],
    ['JSON, columns of pandas', () => JSON.stringify({ text: { 0: 'good', 1: 'bad, really' }, label: { 0: 'a', 1: 'b' } })],
    ['JSON, rows of pandas', () => JSON.stringify({ 0: OBJECTS[0], 1: OBJECTS[1] })],
    ['JSON, pandas’ split', () => JSON.stringify({ columns: ['text', 'label'], index: [0, 1], data: ROWS })],
    ['JSON, lists with a header', () => JSON.stringify([['text', 'label'], ...ROWS])],
    ['JSON Lines', () => OBJECTS.map((row) => JSON.stringify(row)).join('\n'), 'data.jsonl'],
    ['JSON Lines by contents', () => `${OBJECTS.map((row) => JSON.stringify(row)).join('\r\n')}\r\n`, 'data.json'],
    ['JSON Lines of lists', () => [['text', 'label'], ...ROWS].map((row) => JSON.stringify(row)).join('\n'), 'data.ndjson'],
    ['Parquet', () => parquet(), 'data.parquet'],
    ['Parquet, uncompressed', () => parquet('UNCOMPRESSED'), 'data.bin'],
    ['Excel', () => xlsx({ Sheet1: [['text', 'label'], ...ROWS] }), 'data.xlsx'],
    [
      'Excel, the second sheet',
      () => xlsx({ Notes: [['x'], ['y']], Data: [['text', 'label'], ...ROWS] }),
      'a.xlsx',
      { part: 'Data' },
    ],
    ['gzip', () => gzip(CSV), 'data.csv.gz'],
    ['gzip of JSON Lines', () => gzip(OBJECTS.map((row) => JSON.stringify(row)).join('\n')), 'data.jsonl.gz'],
    ['gzip of Parquet', () => Uint8Array.from(gzipSync(parquet())), 'data.parquet.gz'],
    ['a zip', () => zip({ 'folder/data.csv': CSV, 'README.txt': 'about, this', '__MACOSX/._data.csv': 'x' }), 'data.zip'],
    ['a zip with gzip in it', () => zip({ 'data.csv.gz': gzip(CSV) }), 'data.zip'],
    [
      'a zip with a workbook',
      async () => zip({ 'a.xlsx': new Uint8Array(await (await xlsx({ S: [['text', 'label'], ...ROWS] })).arrayBuffer()) }),
      'a.zip',
    ],
    ['one of two tables of a zip', () => zip({ 'other.csv': 'x,y\n1,2\n', 'mine.csv': CSV }), 'a.zip', { part: 'mine.csv' }],
  ];

describe('files that are read', () => {
  const files = good.map(([what, make, name = 'data.csv', choice = {}]) => ({ what, make, name, choice }));
  it.each(files)('$what', async ({ make, name, choice }) => {
    const dataset = await openBytes(await make(), name, choice);
    expect(dataset.table.names).toEqual(['text', 'label']);
    expect(rowsOf(dataset)).toEqual(ROWS);
    expect(dataset.summary).toMatchObject({ rows: 2, rejectedRows: 0 });
  });

  it('say what they are', async () => {
    const formats = async (content: Content, name: string): Promise<string> =>
      (await openBytes(content, name)).summary.reading.format;
    expect(await formats(gzip(CSV), 'a.csv.gz')).toBe('CSV in gzip');
    expect(await formats(await zip({ 'a.jsonl.gz': gzip(JSON.stringify(OBJECTS[0])) }), 'a.zip')).toBe(
      'JSON Lines in gzip in zip',
    );
    expect(await formats(await xlsx({ S: [['text', 'label'], ...ROWS] }), 'a.xlsx')).toBe('Excel');
    const { summary } = await openBytes(
      await xlsx({
        A: [
          ['x', 'y'],
          [1, 2],
        ],
        B: [['text', 'label'], ...ROWS],
      }),
      'a.xlsx',
    );
    expect(summary.reading).toMatchObject({ parts: ['A', 'B'], part: 'A', encoding: null, delimiter: null });
  });

  it('keep values as a person would write them', async () => {
    const values = [
      { a: 1.5, b: true, c: null, d: ['x', 'y'], e: { f: 'g', h: { i: 1 } } },
      { a: 2, z: 'late' },
    ];
    const json = await openBytes(JSON.stringify(values), 'a.json');
    expect(json.table.names).toEqual(['a', 'b', 'c', 'd', 'e.f', 'e.h.i', 'z']);
    expect(rowsOf(json)).toEqual([
      ['1.5', 'true', '', '["x","y"]', 'g', '1', ''],
      ['2', '', '', '', '', '', 'late'],
    ]);
    const sheet = await openBytes(
      await xlsx({
        S: [
          ['n', 's'],
          [1.5, ' 01 '],
          [null, 'NA'],
        ],
      }),
      'a.xlsx',
    );
    expect(rowsOf(sheet)).toEqual([
      ['1.5', ' 01 '],
      ['', 'NA'],
    ]);
  });

  it('a person’s word on encoding, delimiter and header is taken', async () => {
    const japanese = 'テキスト,ラベル\n良い,a\n悪い,b\n';
    const dataset = await openBytes(bytes(japanese, 'shift_jis'), 'a.csv', { encoding: 'shift_jis' });
    expect(dataset.table.names).toEqual(['テキスト', 'ラベル']);
    const wrong = await openBytes(bytes(japanese, 'shift_jis'), 'a.csv', { encoding: 'windows-1252' });
    expect(wrong.summary).toMatchObject({ rows: 2, encoding: 'Windows-1252' });
    const data = await openBytes(CSV, 'a.csv', { hasHeader: false });
    expect(rowsOf(data)[0]).toEqual(['text', 'label']);
    expect(data.table.names).toEqual(['column 1', 'column 2']);
    expect((await openBytes('ham,x\nham,y\nham,z\n', 'a.csv', { hasHeader: true })).table.names).toEqual(['ham', 'x']);
    expect((await openBytes(CSV, 'a.csv', { delimiter: ';' })).table.names).toEqual(['text,label']);
  });
});

describe('rows that are left out', () => {
  it.each([
    ['JSON Lines', '{"text":"a","label":"x"}\n{"text":"b","lab\n[1]\n"c"\n{"text":"d","label":"y"}\n', 'a.jsonl', [2, 3, 4], 2],
    ['a JSON list with a broken element', '[{"t":"a","l":"x"},{"t":b},{"t":"c","l":"y"}, 7]', 'a.json', [2, 4], 2],
    [
      'a JSON list with a quote that is not closed',
      '[{"t":"a","l":"x"}, {"t":"b, "l":"y"}, {"t":"c","l":"x"}]',
      'a.json',
      [2],
      2,
    ],
    ['a JSON list that is cut off', '[{"t":"a","l":"x"},{"t":"b","l":"y"},{"t":"c","l', 'a.json', [3, 4], 2],
    ['a JSON list with text behind it', '[{"t":"a","l":"x"},{"t":"b","l":"y"}] [{"t":"c"}]', 'a.json', [3], 2],
    ['CSV with ragged rows', 'a,b\n1,2\n3\n4,5,6\n7,8\n', 'a.csv', [3, 4], 2],
  ])('%s', async (_, content, name, rejected, rows) => {
    const { table, summary } = await openBytes(content, name);
    expect(table.rejects.kept.map(({ row }) => row)).toEqual(rejected);
    expect(summary).toMatchObject({ rows, rejectedRows: rejected.length });
  });
});

describe('several files', () => {
  it('become one table with a column that says which part of the split each row is', async () => {
    const dataset = await openMany([
      ['train.csv', CSV],
      ['dev.jsonl', JSON.stringify({ label: 'b', text: 'other order' })],
      ['my_test.csv', 'text,label\nlast,a\n'],
    ]);
    expect(dataset.table.names).toEqual(['text', 'label', 'split']);
    expect(rowsOf(dataset).map((row) => row.join('/'))).toEqual([
      'good/a/train',
      'bad, really/b/train',
      'other order/b/validation',
      'last/a/test',
    ]);
    expect(dataset.table.parts.map(({ rows }) => rows)).toEqual([2, 1, 1]);
    const zipped = await openBytes(await zip({ 'd/train.csv': CSV, 'd/test.csv': CSV }), 'd.zip');
    expect(zipped.table.columns[2]).toEqual(['train', 'train', 'test', 'test']);
  });

  it('without such names are laid end to end', async () => {
    expect(
      (
        await openMany([
          ['part-0.csv', CSV],
          ['part-1.csv', CSV],
        ])
      ).table,
    ).toMatchObject({ rows: 4, names: ['text', 'label'] });
  });

  it('must have the same columns, and names that tell all or nothing', async () => {
    await expect(
      openMany([
        ['train.csv', CSV],
        ['test.csv', 'text,class\na,b\n'],
      ]),
    ).rejects.toThrow(/test\.csv: expected the columns/);
    await expect(
      openMany([
        ['train.csv', CSV],
        ['more.csv', CSV],
      ]),
    ).rejects.toThrow(/in the name of each.*more\.csv/);
  });
});

const bad: readonly (readonly [what: string, make: () => Content | Promise<Content>, words: RegExp, name?: string])[] = [
  ['a gzip that is cut off', () => gzip(CSV.repeat(1000)).slice(0, 60), /complete gzip/, 'a.csv.gz'],
  ['a gzip bomb', () => gzip('a,b\n'.repeat(17 * 2 ** 20)), /at most 64 MB when unpacked, found more/, 'a.csv.gz'],
  ['a zip with nothing in it', () => zip({ 'picture.png': 'x' }), /a table in the zip, found picture\.png/, 'a.zip'],
  ['a zip with a password', () => zip({ 'a.csv': CSV }, 'secret'), /without a password/, 'a.zip'],
  ['a zip that is cut off', async () => (await zip({ 'a.csv': CSV })).slice(0, 100), /complete zip/, 'a.zip'],
  ['a Parquet file that is cut off', () => parquet().slice(0, 200), /Parquet file that can be read/, 'a.parquet'],
  ['a workbook without rows', () => xlsx({ S: [] }), /rows of a text and a label/, 'a.xlsx'],
  [
    'a workbook that would fill the memory',
    () => zip({ 'xl/workbook.xml': '<x/>', 'xl/big.xml': ' '.repeat(130 * 2 ** 20) }),
    /at most 128 MB when unpacked, found 130 MB/,
    'a.xlsx',
  ],
  ['a workbook that is none', () => zip({ 'xl/workbook.xml': '<x/>' }), /Excel workbook that can be read/, 'a.xlsx'],
  ['a line as long as the file', () => 'a'.repeat(2 ** 23), /lines of at most/, 'a.csv'],
  [
    'JSON whose keys are all different',
    () => JSON.stringify(Array.from({ length: 1001 }, (_, i) => ({ [`k${i}`]: 1 }))),
    /at most 1,000 columns/,
    'a.json',
  ],
  ['a document', () => zip({ 'word/document.xml': '<x/>' }), /document/, 'a.docx'],
];

describe('files that are refused', () => {
  const files = bad.map(([what, make, words, name = 'data.csv']) => ({ what, make, words, name }));
  it.each(files)('$what', async ({ make, words, name }) => {
    const opening = openBytes(await make(), name);
    await expect(opening).rejects.toBeInstanceOf(Problem);
    await expect(opening).rejects.toThrow(words);
  });
});
