/** Where bytes come from: a file as it lies there, or what is packed in it. A pass over it may be made again and again; none is kept. */
import { Problem } from '../lib/problem.ts';

/** Hears how many of `ByteSource.size` bytes were read. */
export type OnBytes = (done: number) => void;

export interface ByteSource {
  /** The name of the file, for a person. */
  readonly name: string;
  /** "gzip", "zip", outermost first: what the bytes were packed in. */
  readonly packing: readonly string[];
  /** Bytes that one pass reads, packed as they are: the unit of progress. */
  readonly size: number;
  /** Bytes as they will come out, null when only a pass can tell. */
  readonly unpackedSize: number | null;
  /** One pass. Stops with the signal's reason; throws `Problem` when the file cannot be read or is damaged. */
  pieces(signal: AbortSignal, onBytes: OnBytes): AsyncGenerator<Uint8Array<ArrayBuffer>>;
  /** The same bytes for access in any order; what is packed is unpacked into memory, within bounds. Throws `Problem`. */
  blob(signal: AbortSignal): Promise<Blob>;
}

/** Bytes read at a time: few enough that progress and cancelling are prompt. */
const PIECE = 2 ** 20;

/** A file, or any other blob. */
export function blobSource(name: string, blob: Blob, packing: readonly string[] = []): ByteSource {
  return {
    name,
    packing,
    size: blob.size,
    unpackedSize: blob.size,
    async *pieces(signal, onBytes) {
      for (let at = 0; at < blob.size; at += PIECE) {
        signal.throwIfAborted();
        const bytes = await readable(name, () => blob.slice(at, at + PIECE).arrayBuffer());
        onBytes(Math.min(at + PIECE, blob.size));
        yield new Uint8Array(bytes);
      }
    },
    blob: async () => blob,
  };
}

/** A file that is moved, locked or changed while it is read is a problem of the person's, not ours. */
export async function readable<T>(where: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof DOMException) || error.name === 'AbortError') throw error;
    const fix = 'Close the program that holds it, or copy it elsewhere, and drop it again.';
    throw new Problem({ where, expected: 'a file that can be read', found: error.message, fix });
  }
}

/** The first `most` bytes, fewer when there are fewer. */
export async function readHead(source: ByteSource, most: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const head = new Uint8Array(most);
  let filled = 0;
  for await (const bytes of source.pieces(signal, () => undefined)) {
    const part = bytes.subarray(0, most - filled);
    head.set(part, filled);
    filled += part.length;
    if (filled === most) break;
  }
  return head.subarray(0, filled);
}
