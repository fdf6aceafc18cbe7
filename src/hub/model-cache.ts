/**
 * The models that were downloaded, in a `FileStore`: a folder each, with the hub's files under their own names and `about.json`, which says
 * what the folder is and what belongs in it. A model is complete when every file has its name and size, because a file gets its name only
 * after its hash was checked.
 */
import { replaceText, type FileStore } from '../lib/file-store.ts';
import { Problem } from '../lib/problem.ts';
import { diskFile } from './folder-files.ts';
import type { HubListing } from './hub-listing.ts';
import { openFolder, type ModelFolder } from './model-folder.ts';

export interface CachedModel {
  /** Names it to this cache. */
  readonly key: string;
  readonly id: string;
  readonly revision: string;
  readonly commit: string;
  /** Bytes that are there. */
  readonly bytes: number;
  /** Bytes of the whole model. */
  readonly totalBytes: number;
  readonly complete: boolean;
  /** When its download began, in milliseconds since 1970. */
  readonly since: number;
}

interface About {
  readonly id: string;
  readonly revision: string;
  readonly commit: string;
  readonly since: number;
  readonly files: readonly { readonly name: string; readonly size: number }[];
}

const ABOUT = 'about.json';

export function cacheKey({ id, commit }: HubListing): string {
  return `${id.replace('/', '--')}@${commit}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function parseAbout(text: string): About | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(json)) return null;
  const { id, revision, commit, since, files } = json;
  if (typeof id !== 'string' || typeof revision !== 'string' || typeof commit !== 'string') return null;
  if (typeof since !== 'number' || !Array.isArray(files)) return null;
  const checked = files.flatMap((file: unknown) =>
    isRecord(file) && typeof file['name'] === 'string' && typeof file['size'] === 'number'
      ? [{ name: file['name'], size: file['size'] }]
      : [],
  );
  return checked.length === files.length ? { id, revision, commit, since, files: checked } : null;
}

/** Says what a folder is going to be. A model of the same commit that was asked for under another name keeps its files. */
export async function writeAbout(store: FileStore, { id, revision, commit, files }: HubListing, key: string): Promise<void> {
  const about: About = { id, revision, commit, since: Date.now(), files: files.map(({ name, size }) => ({ name, size })) };
  await replaceText(store, key, ABOUT, JSON.stringify(about), id);
}

async function readAbout(store: FileStore, key: string, there: ReadonlyMap<string, number>): Promise<About | null> {
  return there.has(ABOUT) ? parseAbout(await (await store.read(key, ABOUT)).text()) : null;
}

/** What is in the cache, the newest first. A folder that does not say what it is, is listed by its name, to be removed. */
export async function listCached(store: FileStore): Promise<CachedModel[]> {
  const models: CachedModel[] = [];
  for (const key of await store.folders()) {
    const there = await store.files(key);
    const about = (await readAbout(store, key, there)) ?? { id: key, revision: '', commit: '', since: 0, files: [] };
    const bytes = [...there.values()].reduce((sum, size) => sum + size, 0);
    const totalBytes = about.files.reduce((sum, { size }) => sum + size, 0);
    const complete = about.files.length > 0 && about.files.every(({ name, size }) => there.get(name) === size);
    const { id, revision, commit, since } = about;
    models.push({ key, id, revision, commit, bytes: complete ? totalBytes : bytes, totalBytes, complete, since });
  }
  return models.sort((a, b) => b.since - a.since);
}

/** Opens a model of the cache; no network. Throws `Problem` when it is gone or incomplete. */
export async function openCached(store: FileStore, key: string): Promise<ModelFolder> {
  const there = await store.files(key);
  const about = await readAbout(store, key, there);
  if (!about?.files.every(({ name, size }) => there.get(name) === size)) {
    throw new Problem({
      where: about?.id ?? key,
      expected: 'a model that was downloaded to its end',
      found: about ? 'a part of it' : 'none on this machine',
      fix: 'Download it again; what came so far is kept.',
    });
  }
  const files = await Promise.all(about.files.map(async ({ name }) => diskFile(await store.read(key, name), name)));
  return openFolder(about.id, files);
}
