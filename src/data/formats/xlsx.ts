/**
 * Excel workbooks (.xlsx), by read-excel-file. A sheet is parsed as a whole, so its size is bounded. Its parts are unpacked here and handed
 * over in a zip without compression: the library would unpack large ones in workers of its own making, which the page's policy forbids.
 */
import { BlobReader, BlobWriter, ZipWriter } from '@zip.js/zip.js';
import readXlsxFile, { type CellValue } from 'read-excel-file/universal';
import { Problem } from '../../lib/problem.ts';
import type { ByteSource } from '../byte-source.ts';
import { cellOf } from '../cells.ts';
import { createRecordsTable } from '../records-table.ts';
import { noRows } from './no-rows.ts';
import type { BinaryInput, ReadResult } from './types.ts';

const WORKBOOK = 'xl/workbook.xml';

/** Bytes of the workbook's parts, unpacked: the parser holds several times as much. */
const LARGEST_WORKBOOK = 128 * 2 ** 20;

export function isWorkbook(entries: readonly ByteSource[]): boolean {
  return entries.some(({ name }) => name === WORKBOOK);
}

function tooLarge(name: string, found: string): Problem {
  return new Problem({
    where: name,
    expected: `a workbook of at most ${LARGEST_WORKBOOK / 2 ** 20} MB when unpacked`,
    found,
    fix: 'Save the sheet as CSV (UTF-8) and drop that: a CSV is read piece by piece, however large it is.',
  });
}

/** The parts that hold cells, unpacked, in a zip that only stores. Throws `Problem` for a workbook that would fill the memory. */
async function repack(name: string, entries: readonly ByteSource[], signal: AbortSignal): Promise<Blob> {
  const needed = entries.filter((entry) => /\.(xml|rels)$/.test(entry.name));
  const promised = needed.reduce((sum, { unpackedSize }) => sum + (unpackedSize ?? 0), 0);
  if (promised > LARGEST_WORKBOOK) throw tooLarge(name, `${Math.round(promised / 2 ** 20).toLocaleString('en-US')} MB`);
  const writer = new ZipWriter(new BlobWriter());
  let bytes = 0;
  for (const entry of needed) {
    const blob = await entry.blob(signal);
    bytes += blob.size;
    if (bytes > LARGEST_WORKBOOK) throw tooLarge(name, 'more');
    await writer.add(entry.name, new BlobReader(blob), { level: 0 });
  }
  return writer.close();
}

function filled(cells: readonly (CellValue | null)[]): boolean {
  return cells.some((cell) => cell !== null && cell !== '');
}

/** The sheet that was chosen, else the first with rows. Throws `Problem` for a damaged workbook. */
export async function readWorkbook(input: BinaryInput, entries: readonly ByteSource[]): Promise<ReadResult> {
  const { name, blob, signal, choice, onBytes } = input;
  const sheets = await readXlsxFile(await repack(name, entries, signal), { trim: false }).catch((error: unknown) => {
    if (!(error instanceof Error)) throw error;
    const fix = 'Open it and save it anew, or save the sheet as CSV (UTF-8).';
    throw new Problem({ where: name, expected: 'an Excel workbook that can be read', found: error.message, fix });
  });
  const withRows = sheets.filter(({ data }) => data.some(filled));
  const chosen = withRows.find(({ sheet }) => sheet === choice.part) ?? withRows[0];
  if (!chosen) throw noRows(name);
  const table = createRecordsTable({ store: input.createStore(), hasHeader: choice.hasHeader, quotes: false });
  chosen.data.forEach((cells, r) => {
    if (filled(cells)) table.add(cells.map(cellOf), r + 1, 'good');
  });
  onBytes(blob.size);
  const made = table.finish(name);
  if (!made) throw noRows(name);
  const parts = withRows.length > 1 ? withRows.map(({ sheet }) => sheet) : [];
  return { table: made, namedLabels: [], format: 'Excel', delimiter: null, parts, part: parts.length > 0 ? chosen.sheet : null };
}
