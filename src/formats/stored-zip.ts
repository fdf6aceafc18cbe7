/**
 * The places of a zip's entries, for zips that hold their entries uncompressed, as `torch.save` writes them: so that they are read by
 * ranges and never unpacked. zip.js reads and checks the directory; this adds where each entry's bytes begin.
 */
import { Reader, ZipReader } from '@zip.js/zip.js';
import { Problem } from '../lib/problem.ts';
import type { ByteSource } from './byte-source.ts';
import { unreadableZip, ZIP_LIMITS } from './zip.ts';

export interface StoredEntry {
  /** Relative, with forward slashes. */
  readonly path: string;
  /** Bytes from the start of the zip. */
  readonly begin: number;
  readonly end: number;
}

const LOCAL_HEADER_BYTES = 30;
const AGAIN = 'The file is damaged or incomplete: download or copy it again.';

class SourceReader extends Reader<ByteSource> {
  constructor(private readonly source: ByteSource) {
    super(source);
    this.size = source.size;
  }

  override readUint8Array(index: number, length: number): Promise<Uint8Array> {
    return Promise.resolve(this.source.read(index, Math.min(index + length, this.source.size)));
  }
}

/** The files of a zip, folders left out. Throws `Problem` when it is damaged, malicious, or an entry is compressed. */
export async function readStoredZip(source: ByteSource, where: string): Promise<StoredEntry[]> {
  const reader = new ZipReader(new SourceReader(source), { checkOverlappingEntry: true });
  const entries = await reader.getEntries().catch((error: unknown) => {
    throw error instanceof Problem ? error : unreadableZip(error, where);
  });
  if (entries.length > ZIP_LIMITS.entries) {
    throw new Problem({ where, expected: `at most ${ZIP_LIMITS.entries} entries`, found: `${entries.length}`, fix: AGAIN });
  }
  return entries
    .filter(({ directory }) => !directory)
    .map(({ filename, offset, encrypted, compressionMethod, uncompressedSize, compressedSize }) => {
      const place = `${where}, ${filename}`;
      if (encrypted || compressionMethod !== 0 || compressedSize !== uncompressedSize) {
        const found = encrypted ? 'an encrypted one' : 'a compressed one';
        throw new Problem({ where: place, expected: 'an entry as torch.save stores it', found, fix: AGAIN });
      }
      const fixed = source.read(Math.min(offset, source.size), Math.min(offset + LOCAL_HEADER_BYTES, source.size));
      const view = new DataView(fixed.buffer);
      const isHeader = fixed.length === LOCAL_HEADER_BYTES && view.getUint32(0, true) === 0x04034b50;
      const begin = isHeader ? offset + LOCAL_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true) : NaN;
      const end = begin + uncompressedSize;
      if (!(end <= source.size)) {
        throw new Problem({ where: place, expected: 'its bytes inside the file', found: 'a place outside', fix: AGAIN });
      }
      return { path: filename, begin, end };
    });
}
