import { strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { Problem } from '../lib/problem.ts';
import { createRandom } from '../lib/random.ts';
import { readZip, writeZip, ZIP_LIMITS } from './zip.ts';

const DATE = new Date(2026, 1, 3, 4, 5, 6);

function randomBytes(count: number, seed: number): Uint8Array<ArrayBuffer> {
  const random = createRandom(seed);
  return Uint8Array.from({ length: count }, () => random.below(256));
}

function blobOf(bytes: Uint8Array): Blob {
  return new Blob([Uint8Array.from(bytes)]);
}

async function problemOf(blob: Blob): Promise<Problem> {
  try {
    for (const entry of await readZip(blob, 'm.zip')) await entry.read();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('no problem was thrown');
}

/** A copy of a zip with some bytes of its first directory entry changed. `at` counts from that entry's signature. */
function withDirectoryBytes(zip: Uint8Array, at: number, bytes: readonly number[]): Blob {
  const copy = Uint8Array.from(zip);
  const signature = [0x50, 0x4b, 0x01, 0x02];
  const start = copy.findIndex((_, i) => signature.every((byte, j) => copy[i + j] === byte));
  copy.set(bytes, start + at);
  return new Blob([copy]);
}

describe('writing', () => {
  test('another reader finds the same files; weights are stored', async () => {
    const weights = randomBytes(10_001, 1);
    const text = new TextEncoder().encode('{"é": 1}\n'.repeat(200));
    const zip = await writeZip(
      [
        { path: 'model.safetensors', parts: [weights.subarray(0, 5000), weights.subarray(5000)], compress: false },
        { path: 'ünï/config.json', parts: [text], compress: true },
        { path: 'empty', parts: [], compress: false },
      ],
      DATE,
    );
    const bytes = new Uint8Array(await zip.arrayBuffer());
    const methods: Record<string, [number, number]> = {};
    const files = unzipSync(bytes, {
      filter: ({ name, compression, originalSize }) => {
        methods[name] = [compression, originalSize];
        return true;
      },
    });
    expect(methods).toEqual({ 'model.safetensors': [0, 10_001], 'ünï/config.json': [8, text.length], empty: [0, 0] });
    expect(files['model.safetensors']).toEqual(weights);
    expect(files['ünï/config.json']).toEqual(text);
    expect(bytes.length).toBeLessThan(10_001 + text.length);
  });

  test('our own reader finds them too', async () => {
    const parts = [randomBytes(300, 2)];
    const zip = await writeZip(
      [
        { path: 'a/b.bin', parts, compress: true },
        { path: 'c', parts: [], compress: true },
      ],
      DATE,
    );
    const entries = await readZip(zip, 'm.zip');
    expect(entries.map(({ path, size }) => [path, size])).toEqual([
      ['a/b.bin', 300],
      ['c', 0],
    ]);
    expect(await entries[0]!.read()).toEqual(parts[0]);
    expect(await entries[1]!.read()).toEqual(new Uint8Array(0));
  });
});

describe('reading', () => {
  const TEXT = strToU8('some words '.repeat(100));

  test("another writer's zip: stored, deflated, folders, Windows' slashes, a comment at the end", async () => {
    const zip = zipSync({
      'top/': new Uint8Array(0),
      'top/stored.bin': [TEXT, { level: 0 }],
      'top\\deflated.txt': [TEXT, { level: 9 }],
    });
    const comment = strToU8('hello');
    const withComment = Uint8Array.from([...zip.subarray(0, -2), comment.length, 0, ...comment]);
    for (const bytes of [zip, withComment]) {
      const entries = await readZip(blobOf(bytes), 'm.zip');
      expect(entries.map(({ path }) => path)).toEqual(['top/stored.bin', 'top/deflated.txt']);
      for (const entry of entries) expect(await entry.read()).toEqual(TEXT);
    }
  });

  test('not a zip, or the start of one', async () => {
    const zip = zipSync({ 'a.txt': TEXT });
    expect(await problemOf(new Blob(['<html>']))).toMatchObject({ where: 'm.zip', expected: 'a complete zip' });
    for (let length = 0; length < zip.length; length++) await problemOf(blobOf(zip.subarray(0, length)));
  });

  test('changed bytes are noticed', async () => {
    for (const level of [0, 6] as const) {
      const zip = Uint8Array.from(zipSync({ 'a.txt': [TEXT, { level }] }));
      zip[40]! ^= 0x10;
      expect(await problemOf(new Blob([zip]))).toMatchObject({ where: 'm.zip, a.txt' });
    }
  });

  test.each(['../evil', 'a/../../evil', '/etc/passwd', 'C:\\evil', '..\\evil'])(
    'a path that points outside: %s',
    async (path) => {
      expect((await problemOf(blobOf(zipSync({ [path]: TEXT })))).found).toBe('one that points outside');
    },
  );

  test('a bomb: one file that unpacks to a thousand times its size', async () => {
    const zip = zipSync({ 'config.json': new Uint8Array(4 * 2 ** 20) });
    expect(zip.length).toBeLessThan(2 ** 14);
    expect((await problemOf(blobOf(zip))).found).toMatch(/config\.json, which unpacks to more than 200 times/);
  });

  test('a bomb that lies about its size is cut off there', async () => {
    const zip = zipSync({ 'config.json': new Uint8Array(4 * 2 ** 20) });
    expect(await problemOf(withDirectoryBytes(zip, 24, [100, 0, 0, 0]))).toMatchObject({ where: 'm.zip, config.json' });
  });

  test('too many files, too many bytes', async () => {
    const many = Object.fromEntries(Array.from({ length: ZIP_LIMITS.entries + 1 }, (_, i) => [`${i}`, new Uint8Array(0)]));
    expect((await problemOf(blobOf(zipSync(many)))).found).toBe('5001 files');
    const huge = [0xff, 0xff, 0xff, 0xfe];
    const three = zipSync({ a: TEXT, b: TEXT, c: TEXT });
    const bytes = new Uint8Array(three);
    for (let i = 0; i + 46 < bytes.length; i++) {
      // Each directory entry gets packed and unpacked sizes of 4 GiB: alike, so that only the sum is wrong.
      if (bytes[i] === 0x50 && bytes[i + 1] === 0x4b && bytes[i + 2] === 1 && bytes[i + 3] === 2)
        bytes.set([...huge, ...huge], i + 20);
    }
    expect((await problemOf(new Blob([bytes]))).found).toMatch(/bytes when unpacked/);
  });

  test('encrypted, of an unknown method', async () => {
    const bytes = Uint8Array.from(zipSync({ 'a.txt': TEXT }));
    expect((await problemOf(withDirectoryBytes(bytes, 8, [1, 0]))).found).toBe('an encrypted one');
    bytes[8] = 93; // in the file's own header too: two that differ are refused for that
    expect((await problemOf(withDirectoryBytes(bytes, 10, [93, 0]))).found).toBe('compression method 93');
  });
});
