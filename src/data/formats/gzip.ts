/** gzip (RFC 1952), unpacked by the browser's own stream, which checks length and CRC at the end. */
import { Problem } from '../../lib/problem.ts';
import type { ByteSource } from '../byte-source.ts';
import { streamOf, unpackedSource } from '../unpacked-source.ts';

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** What is inside; its name is the file's without ".gz". */
export function gunzip(source: ByteSource): ByteSource {
  return unpackedSource({
    name: source.name.replace(/\.(gz|gzip)$/i, ''),
    packing: [...source.packing, 'gzip'],
    size: source.size,
    unpackedSize: null,
    open: (signal, onBytes) => streamOf(source, signal, onBytes).pipeThrough(new DecompressionStream('gzip')),
    explain(error) {
      if (error instanceof Problem || (error instanceof DOMException && error.name === 'AbortError')) return error;
      return new Problem({
        where: source.name,
        expected: 'a complete gzip file of one part',
        found: error instanceof Error ? error.message : String(error),
        fix: 'Download or copy it again, or unpack it and drop the file inside.',
      });
    },
  });
}
