/**
 * Bytes that can be read piece by piece, wherever they lie: in memory, or in a file of the disk that never has to fit into memory. Reading
 * is synchronous, because a worker can (FileReaderSync) and a model is read tensor by tensor inside one call.
 */
import { Problem } from '../lib/problem.ts';

export interface ByteSource {
  /** Bytes. */
  readonly size: number;
  /** A fresh copy of the bytes [begin, end), 0 <= begin <= end <= size. Throws `Problem` when they can no longer be read. */
  read(begin: number, end: number): Uint8Array<ArrayBuffer>;
}

export function memorySource(bytes: Uint8Array<ArrayBuffer>): ByteSource {
  return { size: bytes.byteLength, read: (begin, end) => bytes.slice(begin, end) };
}

interface SyncReader {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

/** Only workers have it: not the page, not Node. */
declare const FileReaderSync: (new () => SyncReader) | undefined;

/** A file of the disk, piece by piece in a worker; elsewhere it is read whole now. `where` names it in problems. Throws `Problem`. */
export async function openBlob(blob: Blob, where: string): Promise<ByteSource> {
  const gone = (): Problem =>
    new Problem({
      where,
      expected: 'the file that was chosen',
      found: 'that it can no longer be read',
      fix: 'It was moved, changed or is too large for the memory. Choose it again.',
    });
  if (typeof FileReaderSync === 'undefined') {
    const bytes = await blob.arrayBuffer().catch(() => {
      throw gone();
    });
    return memorySource(new Uint8Array(bytes));
  }
  const reader = new FileReaderSync();
  const read = (begin: number, end: number): Uint8Array<ArrayBuffer> => {
    try {
      return new Uint8Array(reader.readAsArrayBuffer(blob.slice(begin, end)));
    } catch {
      throw gone();
    }
  };
  return { size: blob.size, read };
}
