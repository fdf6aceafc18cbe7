/**
 * Writing a zip (PKWARE's APPNOTE 6.3) as a Blob made of the given bytes themselves: weights are stored, not compressed and not copied.
 * Sizes and CRCs stand in front of each file, so that every reader can stream it. No zip64: files and archive stay below 4 GiB.
 */
import { deflateSync } from 'fflate';
import { crc32 } from './crc32.ts';

export interface ZipInput {
  /** With forward slashes, relative. */
  readonly path: string;
  /** The content, laid end to end. */
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
  /** True for text; weights hardly shrink. */
  readonly compress: boolean;
}

const VERSION = 20;
const UTF8_NAMES = 0x0800;
const STORED = 0;
const DEFLATED = 8;
const LIMIT = 2 ** 32 - 1;

/** Date and time as DOS kept them: two 16-bit numbers, seconds in steps of two, years from 1980. */
function dosTime(date: Date): { day: number; time: number } {
  const day = ((date.getFullYear() - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate();
  return { day, time: (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1) };
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeOf(parts));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** Numbers of 2 and 4 bytes, little endian, one after the other. */
function record(fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(offset, value, true);
    else view.setUint32(offset, value, true);
    offset += width;
  }
  return bytes;
}

/** A zip of the files in the given order, all with the same date. */
export function writeZip(files: readonly ZipInput[], modified: Date): Blob {
  const { day, time } = dosTime(modified);
  const body: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;

  for (const { path, parts, compress } of files) {
    const name = new TextEncoder().encode(path);
    const packed = compress ? [deflateSync(join(parts))] : parts;
    const size = sizeOf(parts);
    const packedSize = sizeOf(packed);
    if (size > LIMIT || offset + packedSize > LIMIT) throw new Error(`${path}: a zip without zip64 ends at 4 GiB`);
    const crc = parts.reduce((sum, part) => crc32(part, sum), 0);
    // Version, flags, method, time, date, CRC, sizes, lengths of name and extra field: the same in both headers.
    const common = record([
      [2, VERSION],
      [2, UTF8_NAMES],
      [2, compress ? DEFLATED : STORED],
      [2, time],
      [2, day],
      [4, crc],
      [4, packedSize],
      [4, size],
      [2, name.length],
      [2, 0],
    ]);
    const local = [record([[4, 0x04034b50]]), common, name];
    body.push(...local, ...packed);
    const madeBy = record([
      [4, 0x02014b50],
      [2, VERSION],
    ]);
    // Comment length, disk, internal and external attributes, place of the local header.
    const place = record([
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, offset],
    ]);
    directory.push(madeBy, common, place, name);
    offset += sizeOf(local) + packedSize;
  }

  const end = record([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, files.length],
    [2, files.length],
    [4, sizeOf(directory)],
    [4, offset],
    [2, 0],
  ]);
  return new Blob([...body, ...directory, end], { type: 'application/zip' });
}
