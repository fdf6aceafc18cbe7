/**
 * Reading a zip that may come from anywhere. The directory at its end is read first and checked whole; a file's bytes are read only when
 * they are asked for, are bounded by what the directory says, and must have its CRC. Nothing is ever written by the names in it.
 * Not read: encrypted zips, several disks, zip64, methods other than stored and deflated.
 */
import { inflateSync } from 'fflate';
import { Problem } from '../lib/problem.ts';
import { crc32 } from './crc32.ts';

export interface ZipEntry {
  /** Relative, with forward slashes. */
  readonly path: string;
  /** Bytes when unpacked. */
  readonly size: number;
  /** Throws `Problem` when the zip is damaged there. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

export const ZIP_LIMITS = {
  entries: 5000,
  /** Bytes of all files, unpacked. */
  totalBytes: 8 * 2 ** 30,
  /** Unpacked to packed, above a megabyte: text and weights stay below 20, a bomb has 1,000. */
  ratio: 200,
} as const;

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const STORED = 0;
const DEFLATED = 8;
const AGAIN = 'Download or copy the zip again, or unpack it and choose its files.';
const UNPACK = 'Unpack it with another program and choose the files themselves.';

async function bytesOf(blob: Blob, begin: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.slice(begin, end).arrayBuffer());
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The end record: where the directory is and how many entries it has. It is the last thing in a zip but for a comment. */
async function readEnd(blob: Blob, where: string): Promise<{ entries: number; begin: number; end: number }> {
  const tail = await bytesOf(blob, Math.max(0, blob.size - END_BYTES - MAX_COMMENT_BYTES), blob.size);
  const view = viewOf(tail);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END_SIGNATURE || at + END_BYTES + view.getUint16(at + 20, true) !== tail.length) continue;
    const entries = view.getUint16(at + 10, true);
    const bytes = view.getUint32(at + 12, true);
    const begin = view.getUint32(at + 16, true);
    if (view.getUint16(at + 4, true) !== 0 || entries === 0xffff || begin === 0xffffffff) {
      throw new Problem({ where, expected: 'a plain zip', found: 'one of several disks or in zip64 form', fix: UNPACK });
    }
    const endAt = blob.size - tail.length + at;
    if (begin + bytes > endAt) {
      throw new Problem({ where, expected: 'a list of files inside the zip', found: 'one that lies outside of it', fix: AGAIN });
    }
    return { entries, begin, end: begin + bytes };
  }
  throw new Problem({ where, expected: 'a complete zip', found: 'no list of files at its end', fix: AGAIN });
}

/** Forward slashes, no drive, no absolute path, no "..": anything else is a zip that wants to reach outside. */
function safePath(raw: Uint8Array, where: string): string {
  const path = new TextDecoder().decode(raw).replaceAll('\\', '/');
  if (path.startsWith('/') || /^[a-z]:/i.test(path) || path.split('/').includes('..') || path.includes('\0')) {
    throw new Problem({
      where,
      expected: 'paths inside the zip',
      found: `"${path.slice(0, 80)}", which points outside`,
      fix: 'Do not use this zip: it was made to overwrite files. Nothing of it was used.',
    });
  }
  return path;
}

interface DirectoryEntry {
  readonly path: string;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly localAt: number;
}

function readDirectory(bytes: Uint8Array, count: number, where: string): DirectoryEntry[] {
  const view = viewOf(bytes);
  const entries: DirectoryEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== ENTRY_SIGNATURE) {
      throw new Problem({ where, expected: `a list of ${count} files`, found: `one that breaks off after ${i}`, fix: AGAIN });
    }
    const nameEnd = at + 46 + view.getUint16(at + 28, true);
    const path = safePath(bytes.subarray(at + 46, nameEnd), where);
    if (view.getUint16(at + 8, true) & 1) {
      throw new Problem({
        where: `${where}, ${path}`,
        expected: 'a file without a password',
        found: 'an encrypted one',
        fix: UNPACK,
      });
    }
    entries.push({
      path,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      localAt: view.getUint32(at + 42, true),
    });
    at = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

function checkBounds(entries: readonly DirectoryEntry[], where: string): void {
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  const bomb = entries.find(({ size, packedSize }) => size > 2 ** 20 && size > packedSize * ZIP_LIMITS.ratio);
  const found =
    entries.length > ZIP_LIMITS.entries
      ? `${entries.length} files`
      : total > ZIP_LIMITS.totalBytes
        ? `${total.toLocaleString('en-US')} bytes when unpacked`
        : bomb
          ? `${bomb.path}, which unpacks to more than ${ZIP_LIMITS.ratio} times its size`
          : null;
  if (found === null) return;
  throw new Problem({
    where,
    expected: 'a zip of a model',
    found,
    fix: 'Choose the zip of one model; unpack a larger one yourself.',
  });
}

async function readEntry(blob: Blob, entry: DirectoryEntry, where: string): Promise<Uint8Array<ArrayBuffer>> {
  const place = `${where}, ${entry.path}`;
  const damaged = (found: string): Problem =>
    new Problem({ where: place, expected: 'the file that the zip lists', found, fix: AGAIN });
  const local = await bytesOf(blob, entry.localAt, entry.localAt + 30);
  if (local.length < 30 || viewOf(local).getUint32(0, true) !== LOCAL_SIGNATURE) throw damaged('no file where it should begin');
  const begin = entry.localAt + 30 + viewOf(local).getUint16(26, true) + viewOf(local).getUint16(28, true);
  const packed = await bytesOf(blob, begin, begin + entry.packedSize);
  if (packed.length < entry.packedSize) throw damaged('a file that breaks off');
  const bytes = unpack(packed, entry, place, damaged);
  if (bytes.length !== entry.size || crc32(bytes) !== entry.crc) throw damaged('other bytes (their checksum differs)');
  return bytes;
}

function unpack(
  packed: Uint8Array<ArrayBuffer>,
  { method, size }: DirectoryEntry,
  place: string,
  damaged: (found: string) => Problem,
): Uint8Array<ArrayBuffer> {
  if (method === STORED) return packed;
  if (method !== DEFLATED) {
    throw new Problem({
      where: place,
      expected: 'a stored or deflated file',
      found: `compression method ${method}`,
      fix: UNPACK,
    });
  }
  try {
    // Into an array of the size that was promised: what would go beyond is dropped, and the CRC then tells.
    return inflateSync(packed, { out: new Uint8Array(size) });
  } catch {
    throw damaged('compressed bytes that do not unpack');
  }
}

/** The files of a zip, folders left out. Throws `Problem` when it is damaged, too large or malicious. */
export async function readZip(blob: Blob, where: string): Promise<ZipEntry[]> {
  const { entries: count, begin, end } = await readEnd(blob, where);
  const entries = readDirectory(await bytesOf(blob, begin, end), count, where);
  checkBounds(entries, where);
  return entries
    .filter(({ path }) => !path.endsWith('/'))
    .map((entry) => ({ path: entry.path, size: entry.size, read: () => readEntry(blob, entry, where) }));
}
