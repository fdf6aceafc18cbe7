/** What is kept of datasets, on a disk in memory that can be full. */
import { expect, it } from 'vitest';
import { memoryFiles } from '../lib/testing/memory-files.ts';
import { Problem } from '../lib/problem.ts';
import { findUse, keepContent, keepUse, listKept, openKept, removeKept, trimKept, type KeptContent } from './kept-datasets.ts';

const { signal } = new AbortController();

function content(name: string, ...texts: readonly string[]): KeptContent {
  const piecesOf = (text: string) =>
    async function* () {
      for (let at = 0; at < text.length; at += 5) yield new TextEncoder().encode(text.slice(at, at + 5));
    };
  return { name, details: { name }, files: texts.map(piecesOf) };
}

async function keep(store = memoryFiles(), name = 'a', at = 1, needed: readonly string[] = []): Promise<string> {
  const key = await keepContent(store, content(name, `bytes of ${name}`), needed, signal);
  await keepUse(store, key, { fingerprint: `fp ${name}`, settings: name, at }, needed);
  return key;
}

it('gives back the bytes, the details and the uses, the latest first', async () => {
  const store = memoryFiles();
  const key = await keepContent(store, content('two', 'first file', ''), [], signal);
  await keepUse(store, key, { fingerprint: 'x', settings: { seed: 1 }, at: 1 }, []);
  await keepUse(store, key, { fingerprint: null, settings: { seed: 2 }, at: 2 }, []);
  await keepUse(store, key, { fingerprint: 'x', settings: { seed: 3 }, at: 3 }, []);
  const { details, files } = await openKept(store, key);
  expect(details).toEqual({ name: 'two' });
  expect(await Promise.all(files.map((file) => file.text()))).toEqual(['first file', '']);
  const [kept] = await listKept(store);
  expect(kept).toMatchObject({ key, sizes: [10, 0], bytes: 10 });
  expect(kept?.uses.map(({ settings }) => settings)).toEqual([{ seed: 3 }, { seed: 2 }]);
  expect((await findUse(store, 'x'))?.use.settings).toEqual({ seed: 3 });
  expect(await findUse(store, 'y')).toBeNull();
  await removeKept(store, key);
  await removeKept(store, key);
  expect(await listKept(store)).toEqual([]);
  await expect(openKept(store, key)).rejects.toThrow(Problem);
});

it('writes the same content once, and again what was cut off', async () => {
  const store = memoryFiles();
  const key = await keep(store);
  let written = 0;
  const counting = { ...store, append: (...given: Parameters<typeof store.append>) => (written++, store.append(...given)) };
  expect(await keepContent(counting, content('a', 'bytes of a'), [], signal)).toBe(key);
  expect(written).toBe(0);
  expect(await keepContent(counting, content('a', 'other bytes'), [], signal)).not.toBe(key);
  // A crash in the middle of the file: its size is wrong.
  (await store.append(key, '0', 4, 'a')).close();
  expect((await listKept(store)).map((folder) => folder.key)).not.toContain(key);
  await keepContent(store, content('a', 'bytes of a'), [], signal);
  expect(await (await openKept(store, key)).files[0]?.text()).toBe('bytes of a');
});

it('removes the longest unused beyond the bounds, never the present one nor one that is needed', async () => {
  const store = memoryFiles();
  const names = ['a', 'b', 'c', 'd'];
  const keys: string[] = [];
  for (const [i, name] of names.entries()) keys.push(await keep(store, name, 10 - i));
  (await store.append('half', '0', 0, 'half')).close();
  const left = async () => (await listKept(store)).map(({ details }) => (details as { name: string }).name);
  await trimKept(store, keys[3]!, ['fp c'], { bytes: 1000, datasets: 3 });
  expect(await left()).toEqual(['a', 'c', 'd']);
  expect(await store.folders()).not.toContain('half');
  await trimKept(store, keys[3]!, ['fp c'], { bytes: 0, datasets: 9 });
  expect(await left()).toEqual(['c', 'd']);
});

it('makes room on a full disk, and leaves nothing half when there is none', async () => {
  const store = memoryFiles(400);
  await keep(store, 'old');
  const needed = await keep(store, 'needed', 2);
  const big = 'x'.repeat(200);
  const key = await keepContent(store, content('big', big), ['fp needed'], signal);
  expect((await listKept(store)).map((folder) => folder.key).sort()).toEqual([key, needed].sort());
  await expect(keepContent(store, content('huge', `${big}${big}`), ['fp needed'], signal)).rejects.toThrow(/disk full/);
  expect((await listKept(store)).map((folder) => folder.key)).toEqual([needed]);
});

it('remembers twenty uses and those that are needed', async () => {
  const store = memoryFiles();
  const key = await keep(store, 'a', 0);
  for (let at = 1; at <= 30; at++) await keepUse(store, key, { fingerprint: `use ${at}`, settings: at, at }, ['fp a', 'use 3']);
  const [kept] = await listKept(store);
  expect(kept?.uses.map(({ at }) => at)).toEqual([...Array.from({ length: 21 }, (_, i) => 30 - i), 3, 0]);
});
