/**
 * Zips by zip.js: written as a Blob that holds weights uncompressed, and read with bounds, since a zip may come from anywhere. Reading
 * looks at the directory first; a file's bytes are unpacked when they are asked for, and must have the size and the CRC that the
 * directory promises. Nothing is ever written by the names in it.
 */
import {
  BlobReader,
  BlobWriter,
  configure,
  ERR_EOCDR_NOT_FOUND,
  ERR_UNSAFE_FILENAME,
  ERR_UNSUPPORTED_COMPRESSION,
  Uint8ArrayWriter,
  ZipReader,
  ZipWriter,
  type FileEntry,
} from '@zip.js/zip.js';
import { Problem } from '../lib/problem.ts';
import type { PackedFile } from './packed-file.ts';

// We are in a worker already, and the page's CSP knows no blob: workers.
configure({ useWebWorkers: false });

/** As a `PackedFile`, or one that lies on the disk. */
export interface ZipInput extends Pick<PackedFile, 'path' | 'compress'> {
  readonly parts: readonly (Uint8Array<ArrayBuffer> | Blob)[];
}

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

const AGAIN = 'Download or copy the zip again, or unpack it and choose its files.';
const UNPACK = 'Unpack it with another program and choose the files themselves.';
const COMPRESSION_LEVEL = 6;

/** A zip of the files in the given order, all with the same date. */
export async function writeZip(files: readonly ZipInput[], modified: Date): Promise<Blob> {
  const writer = new ZipWriter(new BlobWriter('application/zip'));
  for (const { path, parts, compress } of files) {
    const level = compress ? COMPRESSION_LEVEL : 0;
    await writer.add(path, new BlobReader(new Blob([...parts])), { level, lastModDate: modified });
  }
  return writer.close();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What zip.js could not read, in our words. */
export function unreadableZip(error: unknown, where: string): Problem {
  const message = messageOf(error);
  if (message === ERR_UNSAFE_FILENAME) {
    return new Problem({
      where,
      expected: 'paths inside the zip',
      found: 'one that points outside',
      fix: 'Do not use this zip: it was made to overwrite files. Nothing of it was used.',
    });
  }
  const found = message === ERR_EOCDR_NOT_FOUND ? 'no list of files at its end' : message;
  return new Problem({ where, expected: 'a complete zip', found, fix: AGAIN });
}

function checkBounds(entries: readonly FileEntry[], where: string): void {
  const total = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  const bomb = entries.find(
    ({ uncompressedSize, compressedSize }) => uncompressedSize > 2 ** 20 && uncompressedSize > compressedSize * ZIP_LIMITS.ratio,
  );
  const found =
    entries.length > ZIP_LIMITS.entries
      ? `${entries.length} files`
      : total > ZIP_LIMITS.totalBytes
        ? `${total.toLocaleString('en-US')} bytes when unpacked`
        : bomb
          ? `${bomb.filename}, which unpacks to more than ${ZIP_LIMITS.ratio} times its size`
          : null;
  if (found === null) return;
  throw new Problem({
    where,
    expected: 'a zip of a model',
    found,
    fix: 'Choose the zip of one model; unpack a larger one yourself.',
  });
}

async function readEntry(entry: FileEntry, path: string, where: string): Promise<Uint8Array<ArrayBuffer>> {
  const place = `${where}, ${path}`;
  if (entry.encrypted) {
    throw new Problem({ where: place, expected: 'a file without a password', found: 'an encrypted one', fix: UNPACK });
  }
  try {
    return await entry.getData(new Uint8ArrayWriter(), { checkSignature: true });
  } catch (error) {
    const unknownMethod = messageOf(error) === ERR_UNSUPPORTED_COMPRESSION;
    throw new Problem({
      where: place,
      expected: unknownMethod ? 'a stored or deflated file' : 'the file that the zip lists',
      found: unknownMethod ? `compression method ${entry.compressionMethod}` : `other bytes (${messageOf(error)})`,
      fix: unknownMethod ? UNPACK : AGAIN,
    });
  }
}

/** The files of a zip, folders left out. Throws `Problem` when it is damaged, too large or malicious. */
export async function readZip(blob: Blob, where: string): Promise<ZipEntry[]> {
  const reader = new ZipReader(new BlobReader(blob), { checkOverlappingEntry: true });
  const entries = await reader.getEntries().catch((error: unknown) => {
    throw unreadableZip(error, where);
  });
  const files = entries.filter((entry) => !entry.directory);
  checkBounds(files, where);
  return files.map((entry) => {
    const path = entry.filename.replaceAll('\\', '/');
    return { path, size: entry.uncompressedSize, read: () => readEntry(entry, path, where) };
  });
}
