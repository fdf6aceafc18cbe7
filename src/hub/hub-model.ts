/**
 * A model of the hub into the cache: listed, config.json first (so that a model of a kind that cannot be trained costs nothing), then the
 * rest. A model that is there already is not downloaded, and one that the hub cannot be asked about is taken from the cache.
 */
import type { FileStore } from '../lib/file-store.ts';
import { Problem } from '../lib/problem.ts';
import type { ByteProgress } from './download.ts';
import type { HubConnection } from './hub-connection.ts';
import { downloadFile } from './hub-download.ts';
import type { HubId } from './hub-id.ts';
import { listModel, type HubListing } from './hub-listing.ts';
import { cacheKey, listCached, writeAbout, type CachedModel } from './model-cache.ts';

export interface HubDownload {
  readonly connection: HubConnection;
  readonly store: FileStore;
  readonly model: HubId;
  readonly onProgress: ByteProgress;
  /** Sees the config.json before anything large is downloaded; it may throw. */
  readonly checkConfig: (config: unknown) => Promise<void>;
}

function totalOf({ files }: HubListing): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en-US')} MB`;
}

async function checkRoom(store: FileStore, listing: HubListing, key: string): Promise<void> {
  const free = await store.free();
  const there = [...(await store.files(key)).values()].reduce((sum, size) => sum + size, 0);
  const needed = totalOf(listing) - there;
  if (free === null || needed <= free) return;
  throw new Problem({
    where: listing.id,
    expected: `room on the disk for ${megabytes(needed)}`,
    found: `room for ${megabytes(free)}`,
    fix: 'Remove a model that you no longer need, or free room on the disk.',
  });
}

async function findCached(store: FileStore, key: string): Promise<CachedModel> {
  const model = (await listCached(store)).find((cached) => cached.key === key);
  if (model?.complete) return model;
  throw new Error(`${key} is not complete after its download`);
}

async function parseConfig(store: FileStore, key: string): Promise<unknown> {
  const text = await (await store.read(key, 'config.json')).text();
  try {
    return JSON.parse(text);
  } catch {
    // The folder says what is wrong with it when it is opened.
    return null;
  }
}

/** Downloads what is not there yet. Throws `Problem`; what came so far is kept. */
export async function fetchModel({ connection, store, model, onProgress, checkConfig }: HubDownload): Promise<CachedModel> {
  let listing: HubListing;
  try {
    listing = await listModel(connection, model);
  } catch (error) {
    connection.signal.throwIfAborted();
    const kept = (await listCached(store)).find(
      ({ id, revision, commit, complete }) =>
        complete && id === model.id && [revision, commit].includes(model.revision ?? 'main'),
    );
    if (kept) return kept;
    throw error;
  }
  const key = cacheKey(listing);
  const total = totalOf(listing);
  await checkRoom(store, listing, key);
  await writeAbout(store, listing, key);
  let before = 0;
  for (const file of listing.files) {
    const onBytes = (count: number): void => onProgress(before + count, total);
    await downloadFile({ connection, store, folder: key, listing, file, onBytes });
    before += file.size;
    if (file.name === 'config.json') await checkConfig(await parseConfig(store, key));
  }
  return findCached(store, key);
}
