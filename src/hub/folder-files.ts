/**
 * The files of a folder, wherever they are: chosen, dropped, in a zip, downloaded. A file is read when it is asked for. What the files mean
 * is not known here.
 */
import { memorySource, openBlob, type ByteSource } from '../formats/byte-source.ts';
import { readZip, type ZipEntry } from '../formats/zip.ts';
import { Problem } from '../lib/problem.ts';

export interface FolderFile {
  /** Relative, with forward slashes: "all-MiniLM-L6-v2/config.json". */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Throws `Problem` when it cannot be read. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
  /** For reading it piece by piece. Throws `Problem` when it cannot be read. */
  open(): Promise<ByteSource>;
}

export interface FileSet {
  /** The zip's name; null for loose files. */
  readonly zipName: string | null;
  readonly files: readonly FolderFile[];
}

const ZIP_START = [0x50, 0x4b, 0x03, 0x04];

/** A file of the person's disk. It may be gone or changed since it was chosen. */
export function diskFile(file: File, path = file.webkitRelativePath || file.name): FolderFile {
  const open = (): Promise<ByteSource> => openBlob(file, path);
  const read = async (): Promise<Uint8Array<ArrayBuffer>> => {
    const source = await open();
    return source.read(0, source.size);
  };
  return { path, size: file.size, read, open };
}

/** A file that is in memory. */
export function memoryFile(path: string, bytes: Uint8Array<ArrayBuffer>): FolderFile {
  return { path, size: bytes.length, read: () => Promise.resolve(bytes), open: () => Promise.resolve(memorySource(bytes)) };
}

/** An array cannot be larger in every browser. */
const MAX_UNPACKED_BYTES = 2 ** 31 - 1;

/** A file of a zip: it is unpacked into memory. */
function zippedFile(entry: ZipEntry): FolderFile {
  const { path, size } = entry;
  const read = (): Promise<Uint8Array<ArrayBuffer>> => {
    if (size <= MAX_UNPACKED_BYTES) return entry.read();
    throw new Problem({
      where: path,
      expected: 'files of at most 2 GB in a zip',
      found: `${size.toLocaleString('en-US')} bytes`,
      fix: 'Unpack the zip and choose its folder.',
    });
  };
  return { path, size, read, open: async () => memorySource(await read()) };
}

async function isZip(file: File): Promise<boolean> {
  const start = new Uint8Array(await file.slice(0, ZIP_START.length).arrayBuffer());
  return ZIP_START.every((byte, i) => start[i] === byte);
}

/** What the operating system adds to a folder or a zip by itself. */
function isClutter(path: string): boolean {
  return path.startsWith('__MACOSX/') || /(^|\/)(\.|Thumbs\.db$|desktop\.ini$)/.test(path);
}

/** Opens the zip if there is a single file and it is one; else the files are taken as they are. Throws `Problem`. */
export async function gatherFiles(chosen: readonly File[]): Promise<FileSet> {
  const [first, ...others] = chosen;
  if (!first)
    throw new Problem({
      where: 'Model',
      expected: 'files of a model',
      found: 'none',
      fix: 'Choose a zip, or a folder with files in it.',
    });
  // A file that cannot even be looked at goes on as it is, and says so when it is read.
  const zipped = others.length === 0 && (/\.zip$/i.test(first.name) || (await isZip(first).catch(() => false)));
  const files = zipped ? (await readZip(first, first.name)).map(zippedFile) : chosen.map((file) => diskFile(file));
  return { zipName: zipped ? first.name : null, files: files.filter(({ path }) => !isClutter(path)) };
}
