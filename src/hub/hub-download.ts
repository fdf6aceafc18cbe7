/**
 * One file of the hub into the store: it comes under a partial name, goes on where it broke off (by Range, also after a reload), is
 * hashed on its way, and gets its own name only when size and hash are those that the hub lists.
 */
import { PARTIAL, type FileStore, type FileWriter } from '../lib/file-store.ts';
import { Problem } from '../lib/problem.ts';
import { startChecksum, type RunningChecksum } from './checksum.ts';
import { request, watchStall, withPatience, type HubConnection } from './hub-connection.ts';
import type { HubFile, HubListing } from './hub-listing.ts';
import { brokeOff } from './hub-problems.ts';

export interface FileDownload {
  readonly connection: HubConnection;
  readonly store: FileStore;
  readonly folder: string;
  readonly listing: HubListing;
  readonly file: HubFile;
  /** Bytes of the file that are there. Falls when a file has to begin again. */
  readonly onBytes: (count: number) => void;
}

/** The bytes are wrong: going on from them would be of no use. */
class WrongBytes extends Problem {}

function wrongBytes({ listing, file }: FileDownload, found: string): WrongBytes {
  return new WrongBytes({
    where: `${listing.id}, ${file.name}`,
    expected: 'the bytes that the hub lists',
    found,
    fix: 'What came was thrown away. Try again; if it stays so, something between the hub and this machine changes the file.',
  });
}

/** The partial file while it grows. */
interface Growing {
  size: number;
  checksum: RunningChecksum;
  writer: FileWriter;
}

async function begin({ store, folder, listing, file }: FileDownload, at: number): Promise<Growing> {
  const checksum = await startChecksum(file);
  if (at > 0) {
    const reader = (await store.read(folder, file.name + PARTIAL)).stream().getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) checksum.update(piece.value);
  }
  return { size: at, checksum, writer: await store.append(folder, file.name + PARTIAL, at, `${listing.id}, ${file.name}`) };
}

/** One connection: as much of the rest as it gives. Throws `Transient` when it breaks off. */
async function receive(download: FileDownload, growing: Growing): Promise<void> {
  const { connection, listing, file, onBytes } = download;
  const where = `${listing.id}, ${file.name}`;
  const watch = watchStall(connection);
  try {
    const path = `/${listing.id}/resolve/${listing.commit}/${encodeURIComponent(file.name)}`;
    const range: Record<string, string> = growing.size > 0 ? { range: `bytes=${growing.size}-` } : {};
    const asked = { where, id: listing.id, revision: listing.revision };
    const response = await request(connection, path, asked, range, watch.signal);
    if (growing.size > 0 && response.status !== 206) {
      // The host does not do ranges: from the start, over what is there.
      growing.writer.close();
      Object.assign(growing, await begin(download, 0));
      onBytes(0);
      if (response.status === 416) throw brokeOff(where, 0, file.size);
    }
    const reader = response.body?.getReader();
    while (reader) {
      const { done, value } = await reader.read().catch(() => {
        connection.signal.throwIfAborted();
        throw brokeOff(where, growing.size, file.size);
      });
      if (done) break;
      watch.alive();
      if (growing.size + value.length > file.size) {
        await reader.cancel();
        throw wrongBytes(download, `more than its ${file.size.toLocaleString('en-US')} bytes`);
      }
      growing.writer.write(value);
      growing.checksum.update(value);
      growing.size += value.length;
      onBytes(growing.size);
    }
    if (growing.size < file.size) throw brokeOff(where, growing.size, file.size);
  } finally {
    watch.done();
  }
}

/** Throws `Problem` when it cannot be had; the part that came stays, unless it is wrong. */
export async function downloadFile(download: FileDownload): Promise<void> {
  const { connection, store, folder, listing, file, onBytes } = download;
  const partial = file.name + PARTIAL;
  const there = await store.files(folder);
  if (there.get(file.name) === file.size) {
    onBytes(file.size);
    return;
  }
  const came = there.get(partial) ?? 0;
  const growing = await begin(download, came <= file.size ? came : 0);
  try {
    onBytes(growing.size);
    if (growing.size < file.size) {
      await withPatience(
        connection,
        `${listing.id}, ${file.name}`,
        () => receive(download, growing),
        () => growing.size,
      );
    }
    const difference = growing.checksum.compare();
    if (difference) {
      const { expected, found } = difference;
      throw wrongBytes(download, `others: hash ${found.slice(0, 12)}… in place of ${expected.slice(0, 12)}…`);
    }
  } catch (error) {
    growing.writer.close();
    if (error instanceof WrongBytes) await store.removeFile(folder, partial);
    throw error;
  }
  growing.writer.close();
  await store.rename(folder, partial, file.name);
}
