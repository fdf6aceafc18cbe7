/**
 * A zip with tables in it, by zip.js: its directory is read first, a file's bytes are unpacked when they are asked for and must have the
 * length and CRC that the directory promises. Names in it are only ever shown.
 */
import { BlobReader, configure, ZipReader, type FileEntry } from '@zip.js/zip.js';
import { Problem } from '../../lib/problem.ts';
import { readable, type ByteSource } from '../byte-source.ts';
import { unpackedSource } from '../unpacked-source.ts';

// We are in a worker already, and the page's CSP knows no blob: workers.
configure({ useWebWorkers: false });

const MOST_ENTRIES = 5000;
const AGAIN = 'Download or copy it again, or unpack it and drop the file inside.';

export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Files that operating systems and archivers add for themselves. */
function isClutter(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX' || part === 'Thumbs.db');
}

function entrySource(zip: string, packing: readonly string[], entry: FileEntry): ByteSource {
  const name = entry.filename;
  return unpackedSource({
    name,
    packing: [...packing, 'zip'],
    size: entry.compressedSize,
    unpackedSize: entry.uncompressedSize,
    open(signal, onBytes) {
      const { readable: out, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
      const onprogress = async (done: number, total: number): Promise<undefined> => {
        onBytes((done / Math.max(1, total)) * entry.compressedSize);
        return undefined;
      };
      entry.getData(writable, { signal, checkSignature: true, onprogress }).catch((error: unknown) => {
        writable.abort(error).catch(() => undefined);
      });
      return out;
    },
    explain(error) {
      if (error instanceof DOMException && error.name === 'AbortError') return error;
      return new Problem({ where: `${zip}, ${name}`, expected: 'a complete zip', found: messageOf(error), fix: AGAIN });
    },
  });
}

/** The files in a zip, in its order, without folders and clutter. Throws `Problem` for a damaged or an encrypted zip. */
export async function listZip(source: ByteSource, signal: AbortSignal): Promise<ByteSource[]> {
  const { name } = source;
  const fail = (expected: string, found: string, fix: string): never => {
    throw new Problem({ where: name, expected, found, fix });
  };
  const reader = new ZipReader(new BlobReader(await source.blob(signal)));
  const entries = await readable(name, () => reader.getEntries()).catch((error: unknown) => {
    if (error instanceof Problem) throw error;
    return fail('a complete zip', messageOf(error), AGAIN);
  });
  if (entries.length > MOST_ENTRIES)
    fail(`at most ${MOST_ENTRIES.toLocaleString('en-US')} files`, entries.length.toLocaleString('en-US'), AGAIN);
  const files = entries.filter((entry): entry is FileEntry => !entry.directory && !isClutter(entry.filename));
  if (files.some(({ encrypted }) => encrypted))
    fail('a zip without a password', 'one that is encrypted', 'Unpack it with its password and drop the file inside.');
  return files.map((entry) => entrySource(name, source.packing, entry));
}
