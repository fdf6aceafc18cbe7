/**
 * Mutated files: no crash (a `Problem` is the only error), no hang over five seconds, never silently fewer rows than another reader finds.
 * `npm run test:fuzz` makes 10,000 of them, `npm test` a few hundred; TABTUNE_FUZZ_SEED picks others.
 */
import { parquetWriteBuffer } from 'hyparquet-writer';
import iconv from 'iconv-lite';
import { gzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import writeXlsxFile from 'write-excel-file/universal';
import { Problem } from '../../lib/problem.ts';
import { createRandom } from '../../lib/random.ts';
import type { Dataset } from '../dataset.ts';
import { mutate } from '../testing/mutate.ts';
import { openBytes } from '../testing/open-bytes.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const FILES = Number(process.env.TABTUNE_FUZZ ?? 400);
const SEED = Number(process.env.TABTUNE_FUZZ_SEED ?? 20_261_121);
const LONGEST_MS = 5000;

const ROWS = Array.from({ length: 40 }, (_, i) => ({
  id: String(i),
  text: i % 5 === 0 ? `He said "no", number ${i}\nand left` : `plain words, étude ${i}; more`,
  label: i % 3 ? 'yes' : 'no',
}));
const NAMES = ['id', 'text', 'label'];
const CELLS = ROWS.map(({ id, text, label }) => [id, text, label]);

/** Rows that a simpler reader finds in the mutated file; null where it finds no file at all. */
type Oracle = (bytes: Bytes, dataset: Dataset) => number | null;

const utf8 = new TextDecoder();

/** papaparse alone: a quote that is not closed swallows the rows behind it there, so it finds fewer rather than more. */
const byPapa: Oracle = (bytes, { summary: { reading } }) => {
  if (reading.delimiter === null || reading.delimiter === ' ' || reading.delimiter === '' || reading.encoding === null)
    return null;
  const text = new TextDecoder(reading.encoding).decode(bytes);
  const { data } = Papa.parse<string[]>(text, { delimiter: reading.delimiter, newline: '\n' });
  const filled = data.filter((fields) => fields.length > 1 || fields[0]?.trim() !== '');
  return filled.length - (reading.hasHeader ? 1 : 0);
};
const byLines: Oracle = (bytes, { summary: { reading } }) =>
  reading.format.startsWith('JSON Lines')
    ? utf8
        .decode(bytes)
        .split('\n')
        .filter((line) => line.trim() !== '').length
    : null;
const byJson: Oracle = (bytes, { summary: { reading } }) => {
  if (reading.format !== 'JSON') return null;
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    return Array.isArray(value) ? value.length : null;
  } catch {
    return null;
  }
};
/** What is checked by CRC, or counts its own rows, comes whole or not at all. */
const allOrNothing: Oracle = () => ROWS.length;

async function makeFiles(): Promise<readonly (readonly [name: string, bytes: Bytes, oracle: Oracle])[]> {
  const encode = (text: string, encoding = 'utf8'): Bytes => Uint8Array.from(iconv.encode(text, encoding));
  const csv = (delimiter: string): string => Papa.unparse([NAMES, ...CELLS], { delimiter, newline: '\n' });
  const sheet = await writeXlsxFile([NAMES, ...CELLS].map((row) => row.map((value) => ({ value })))).toBlob();
  const columnData = NAMES.map((name, c) => ({ name, data: CELLS.map((row) => row[c] ?? ''), type: 'STRING' as const }));
  return [
    ['a.csv', encode(csv(',')), byPapa],
    ['a.tsv', encode(csv('\t')), byPapa],
    ['western.csv', encode(csv(';'), 'windows-1252'), byPapa],
    ['a.jsonl', encode(ROWS.map((row) => JSON.stringify(row)).join('\n')), byLines],
    ['a.json', encode(JSON.stringify(ROWS)), byJson],
    [
      'columns.json',
      encode(JSON.stringify(Object.fromEntries(NAMES.map((name, c) => [name, CELLS.map((row) => row[c])])))),
      byJson,
    ],
    ['a.csv.gz', Uint8Array.from(gzipSync(csv(','))), allOrNothing],
    ['a.parquet', new Uint8Array(parquetWriteBuffer({ columnData })), allOrNothing],
    ['a.xlsx', new Uint8Array(await sheet.arrayBuffer()), () => null],
  ];
}

describe('mutated files', () => {
  it(`${FILES} of them, seed ${SEED}`, { timeout: 60_000 + FILES * 100 }, async () => {
    const files = await makeFiles();
    const random = createRandom(SEED);
    let opened = 0;
    for (let i = 0; i < FILES; i++) {
      const [name, good, oracle] = files[i % files.length]!;
      const bytes = mutate(good, random);
      const what = `file ${i} (${name})`;
      const start = performance.now();
      const result = await openBytes(bytes, name).catch((error: unknown) => error);
      expect(performance.now() - start, what).toBeLessThan(LONGEST_MS);
      if (result instanceof Error) {
        if (!(result instanceof Problem)) throw new Error(`${what} broke the reader`, { cause: result });
        continue;
      }
      opened++;
      const dataset = result as Dataset;
      const least = oracle(bytes, dataset);
      if (least === null) continue;
      const { rows, rejectedRows } = dataset.summary;
      expect(rows + rejectedRows, `${what}, ${rows} rows and ${rejectedRows} left out`).toBeGreaterThanOrEqual(least);
    }
    // Most mutations leave a file that can be read: a reader that refuses everything would pass otherwise.
    expect(opened).toBeGreaterThan(FILES * 0.4);
  });
});
