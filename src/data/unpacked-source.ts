/**
 * What comes out of a packed file, as a source of bytes that unpacks anew in every pass. Bounds are held on what really comes out,
 * not on what a directory promises: a few kilobytes may be made to unpack to the whole memory.
 */
import { Problem } from '../lib/problem.ts';
import type { ByteSource, OnBytes } from './byte-source.ts';

export const UNPACK_LIMITS = {
  /** Bytes in one pass. They are never all in memory. */
  stream: 4 * 2 ** 30,
  /** Bytes that are unpacked into memory, for formats that are read in any order. */
  memory: 256 * 2 ** 20,
  /** Unpacked to packed, above `freeBytes`: tables stay below 30, a bomb has 1,000. */
  ratio: 100,
  freeBytes: 64 * 2 ** 20,
} as const;

export interface Packed {
  readonly name: string;
  readonly packing: readonly string[];
  /** Packed bytes. */
  readonly size: number;
  readonly unpackedSize: number | null;
  /** Unpacked bytes; errors of the unpacker come out of it. */
  open(signal: AbortSignal, onBytes: OnBytes): ReadableStream<Uint8Array<ArrayBuffer>>;
  /** What the unpacker threw, as a problem. */
  explain(error: unknown): unknown;
}

function tooMuch(name: string, bytes: number): Problem {
  return new Problem({
    where: name,
    expected: `at most ${Math.round(bytes / 2 ** 20).toLocaleString('en-US')} MB when unpacked`,
    found: 'more',
    fix: 'Unpack it and drop the file inside, or a part of it. A small file that unpacks to so much may be a trap.',
  });
}

export function unpackedSource(packed: Packed): ByteSource {
  const { name, size } = packed;
  async function* pieces(signal: AbortSignal, onBytes: OnBytes): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const reader = packed.open(signal, onBytes).getReader();
    const most = Math.min(UNPACK_LIMITS.stream, Math.max(UNPACK_LIMITS.freeBytes, size * UNPACK_LIMITS.ratio));
    let out = 0;
    try {
      for (;;) {
        signal.throwIfAborted();
        const { done, value } = await reader.read().catch((error: unknown) => {
          signal.throwIfAborted();
          throw packed.explain(error);
        });
        if (done) break;
        out += value.length;
        if (out > most) throw tooMuch(name, most);
        yield value;
      }
      onBytes(size);
    } finally {
      // The unpacker may already have failed: then there is nothing left to cancel.
      await reader.cancel().catch(() => undefined);
    }
  }
  return {
    name,
    packing: packed.packing,
    size,
    unpackedSize: packed.unpackedSize,
    pieces,
    async blob(signal) {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      let bytes = 0;
      for await (const part of pieces(signal, () => undefined)) {
        bytes += part.length;
        if (bytes > UNPACK_LIMITS.memory) throw tooMuch(name, UNPACK_LIMITS.memory);
        parts.push(part);
      }
      return new Blob(parts);
    },
  };
}

/** The pieces of a source as a stream, for the browser's own unpackers. */
export function streamOf(source: ByteSource, signal: AbortSignal, onBytes: OnBytes): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = source.pieces(signal, onBytes);
  return new ReadableStream({
    async pull(controller) {
      const next = await pieces.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}
