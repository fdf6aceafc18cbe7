/**
 * Datasets that outlive the page: a folder each in a `FileStore`, named by the SHA-256 of what is in it. A folder has the content as it was
 * opened, written once; `about.json`, written last, which says what it is and how long each file is; and `uses.json`, how the content was
 * used, each use under the fingerprint of the data that it gives. Whoever has a fingerprint (a run, a checkpoint) gets the very same rows
 * again. What the descriptions mean is the caller's: here they are JSON. Only one may write at a time, the caller sees to it.
 */
import { createSHA256 } from 'hash-wasm';
import { replaceText, type FileStore } from '../lib/file-store.ts';
import { Problem } from '../lib/problem.ts';

/** The folder of kept datasets on the browser's disk. */
export const DATASETS_FOLDER = 'datasets';

export interface KeptContent {
  /** What problems call it. */
  readonly name: string;
  readonly details: unknown;
  /** Each gives its bytes anew at every call. */
  readonly files: readonly (() => AsyncIterable<Uint8Array>)[];
}

export interface KeptUse {
  /** Of the data as it is used; null while its columns make no data to train on. */
  readonly fingerprint: string | null;
  readonly settings: unknown;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface KeptFolder {
  readonly key: string;
  readonly details: unknown;
  readonly sizes: readonly number[];
  /** Bytes of the content. */
  readonly bytes: number;
  /** The latest first. */
  readonly uses: readonly KeptUse[];
}

export interface KeepingBounds {
  readonly bytes: number;
  readonly datasets: number;
}

/** Beyond these the ones that were used longest ago go, unless something needs them. */
export const BOUNDS: KeepingBounds = { bytes: 2 ** 30, datasets: 12 };
/** Uses of a dataset that are remembered beside the needed ones. */
const MOST_USES = 20;

const ABOUT = 'about.json';
const USES = 'uses.json';

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

async function readJson(store: FileStore, key: string, name: string): Promise<unknown> {
  try {
    const json: unknown = JSON.parse(await (await store.read(key, name)).text());
    return json;
  } catch {
    return null;
  }
}

function parseUse(value: unknown): KeptUse[] {
  if (!isRecord(value)) return [];
  const { fingerprint, settings, at } = value;
  if ((typeof fingerprint !== 'string' && fingerprint !== null) || !isNumber(at)) return [];
  return [{ fingerprint, settings, at }];
}

async function readUses(store: FileStore, key: string): Promise<KeptUse[]> {
  const json = await readJson(store, key, USES);
  return Array.isArray(json) ? json.flatMap(parseUse).sort((a, b) => b.at - a.at) : [];
}

/** A folder that is whole; null for another. */
async function readFolder(store: FileStore, key: string): Promise<KeptFolder | null> {
  const there = await store.files(key);
  if (!there.has(ABOUT)) return null;
  const about = await readJson(store, key, ABOUT);
  if (!isRecord(about)) return null;
  const { details, sizes } = about;
  if (!Array.isArray(sizes) || !sizes.every(isNumber)) return null;
  if (!sizes.every((size, i) => there.get(String(i)) === size)) return null;
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return { key, details, sizes, bytes, uses: await readUses(store, key) };
}

/** What is kept, the one that was used last first. */
export async function listKept(store: FileStore): Promise<KeptFolder[]> {
  const folders = await Promise.all((await store.folders()).map((key) => readFolder(store, key)));
  const lastUse = ({ uses }: KeptFolder): number => uses[0]?.at ?? 0;
  return folders.filter((folder) => folder !== null).sort((a, b) => lastUse(b) - lastUse(a));
}

/** The key of the content and the size of each file. */
async function digest({ details, files }: KeptContent, signal: AbortSignal): Promise<{ key: string; sizes: number[] }> {
  const hasher = await createSHA256();
  hasher.init();
  hasher.update(JSON.stringify(details));
  const sizes: number[] = [];
  for (const pieces of files) {
    let size = 0;
    for await (const piece of pieces()) {
      signal.throwIfAborted();
      hasher.update(piece);
      size += piece.length;
    }
    hasher.update(`\0${size}\0`);
    sizes.push(size);
  }
  return { key: hasher.digest(), sizes };
}

async function write(store: FileStore, key: string, { name, files }: KeptContent, signal: AbortSignal): Promise<void> {
  for (const [index, pieces] of files.entries()) {
    const writer = await store.append(key, String(index), 0, name);
    try {
      for await (const piece of pieces()) {
        signal.throwIfAborted();
        writer.write(piece);
      }
    } finally {
      writer.close();
    }
  }
}

async function removeIfThere(store: FileStore, key: string): Promise<void> {
  if ((await store.folders()).includes(key)) await store.removeFolder(key);
}

/**
 * Writes the content unless it is there, and returns its key. When the disk is full, kept datasets that nothing needs make room. Throws
 * `Problem` when it is full all the same; then nothing of it stays.
 */
export async function keepContent(
  store: FileStore,
  content: KeptContent,
  needed: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const { key, sizes } = await digest(content, signal);
  if (await readFolder(store, key)) return key;
  const writeAll = async (): Promise<void> => {
    await write(store, key, content, signal);
    await replaceText(store, key, ABOUT, JSON.stringify({ details: content.details, sizes }), content.name);
  };
  try {
    await writeAll().catch(async (error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      await trimKept(store, key, needed, { bytes: 0, datasets: 0 });
      await writeAll();
    });
  } catch (error) {
    await removeIfThere(store, key);
    throw error;
  }
  return key;
}

/** Notes how the content was used; the same use again becomes the latest. */
export async function keepUse(store: FileStore, key: string, use: KeptUse, needed: readonly string[]): Promise<void> {
  const others = (await readUses(store, key)).filter(({ fingerprint }) => fingerprint !== use.fingerprint);
  const isNeeded = ({ fingerprint }: KeptUse): boolean => fingerprint !== null && needed.includes(fingerprint);
  const remembered = others.filter((other, place) => place < MOST_USES || isNeeded(other));
  await replaceText(store, key, USES, JSON.stringify([use, ...remembered]), 'How the data was used');
}

/** Removes what is beyond the bounds, the longest unused first, and what was never finished. Never `present`, never one that is needed. */
export async function trimKept(
  store: FileStore,
  present: string,
  needed: readonly string[],
  bounds: KeepingBounds = BOUNDS,
): Promise<void> {
  const kept = await listKept(store);
  const whole = new Set(kept.map(({ key }) => key));
  for (const key of await store.folders()) if (!whole.has(key) && key !== present) await store.removeFolder(key);
  const stays = ({ key, uses }: KeptFolder): boolean =>
    key === present || uses.some(({ fingerprint }) => fingerprint !== null && needed.includes(fingerprint));
  let [bytes, datasets] = [kept.reduce((sum, folder) => sum + folder.bytes, 0), kept.length];
  for (const folder of [...kept].reverse()) {
    if (bytes <= bounds.bytes && datasets <= bounds.datasets) return;
    if (stays(folder)) continue;
    await store.removeFolder(folder.key);
    bytes -= folder.bytes;
    datasets--;
  }
}

/** The files of a kept dataset, in their order. Throws `Problem` when it is not, or no longer, kept. */
export async function openKept(
  store: FileStore,
  key: string,
): Promise<{ readonly details: unknown; readonly files: readonly File[] }> {
  const folder = await readFolder(store, key);
  if (!folder) {
    const fix = 'Open the file itself again.';
    throw new Problem({ where: 'The data', expected: 'a copy of it that was kept on this machine', found: 'none', fix });
  }
  return { details: folder.details, files: await Promise.all(folder.sizes.map((_, i) => store.read(key, String(i)))) };
}

/** The content and the use that give the data of this fingerprint; null where they are not kept. */
export async function findUse(
  store: FileStore,
  fingerprint: string,
): Promise<{ readonly folder: KeptFolder; readonly use: KeptUse } | null> {
  for (const folder of await listKept(store)) {
    const use = folder.uses.find((each) => each.fingerprint === fingerprint);
    if (use) return { folder, use };
  }
  return null;
}

export function removeKept(store: FileStore, key: string): Promise<void> {
  return removeIfThere(store, key);
}
