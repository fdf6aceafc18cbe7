/** Downloads from a hub on this machine that behaves well, badly, and like the real one. Only the disk is replaced, by memory. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answer, COMMIT, sendFile, startHub, type HubServer } from '../../e2e/hub-server.ts';
import { toyModelFiles, type FileContent } from '../../e2e/toy-model.ts';
import type { FileStore } from '../lib/file-store.ts';
import { Problem } from '../lib/problem.ts';
import { memoryFiles } from '../lib/testing/memory-files.ts';
import { fetchModel } from './hub-model.ts';
import type { Patience } from './hub-connection.ts';
import { listCached, openCached, type CachedModel } from './model-cache.ts';

const ID = 'toys/tiny-bert';
const FILES = toyModelFiles();
const WEIGHTS = FILES.find(({ name }) => name === 'model.safetensors')!.buffer;
const KEY = `toys--tiny-bert@${COMMIT}`;
const OTHERS: readonly FileContent[] = [
  { name: 'README.md', mimeType: 'text/markdown', buffer: Buffer.from('# A toy') },
  { name: 'pytorch_model.bin', mimeType: 'binary', buffer: Buffer.from('not needed') },
  { name: 'onnx/model.onnx', mimeType: 'binary', buffer: Buffer.from('not needed') },
];
const QUICK: Patience = { delays: [5, 5, 5], longest: 1000, stall: 2000 };

let hub: HubServer;
let store: FileStore;
beforeAll(async () => {
  hub = await startHub({ models: { [ID]: [...FILES, ...OTHERS], 'toys/empty': OTHERS } });
});
afterAll(() => hub.close());
beforeEach(() => {
  hub.spoil = () => false;
  hub.requests.length = 0;
  store = memoryFiles();
});

interface Wish {
  readonly id?: string;
  readonly revision?: string | null;
  readonly token?: string | null;
  readonly endpoint?: string;
  readonly signal?: AbortSignal;
  readonly patience?: Patience;
  readonly onProgress?: (done: number, total: number) => void;
  readonly checkConfig?: (config: unknown) => Promise<void>;
}

function fetchIt(wish: Wish = {}): Promise<CachedModel> {
  const { id = ID, revision = null, token = null, endpoint = hub.url, patience = QUICK } = wish;
  const { signal = new AbortController().signal, onProgress = () => undefined, checkConfig = async () => undefined } = wish;
  const connection = { endpoint, token, signal, fetcher: fetch, patience };
  return fetchModel({ connection, store, model: { id, revision }, onProgress, checkConfig });
}

async function problemOf(wish: Wish = {}): Promise<Problem> {
  const error: unknown = await fetchIt(wish).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof Problem) return error;
  throw new Error(`expected a Problem, got ${String(error)}`);
}

const isWeights = (path: string): boolean => path.includes(createHash('sha256').update(WEIGHTS).digest('hex'));
const weightRanges = (): (string | null)[] =>
  hub.requests.filter(({ host, path }) => host === 'cdn' && isWeights(path)).map(({ range }) => range);

describe('a download', () => {
  test('takes what a model needs, from the commit, and opens without the network', async () => {
    const calls: [number, number][] = [];
    const seen: unknown[] = [];
    const model = await fetchIt({
      onProgress: (...call) => calls.push(call),
      checkConfig: async (config) => void seen.push(config),
    });
    const total = FILES.reduce((sum, { buffer }) => sum + buffer.length, 0);
    expect(model).toMatchObject({
      key: KEY,
      id: ID,
      revision: 'main',
      commit: COMMIT,
      bytes: total,
      totalBytes: total,
      complete: true,
    });
    expect(calls.at(-1)).toEqual([total, total]);
    expect(calls.every(([done], i) => i === 0 || done >= calls[i - 1]![0])).toBe(true);
    expect(seen).toEqual([expect.objectContaining({ model_type: 'bert' })]);
    const resolved = hub.requests.filter(({ path }) => path.includes('/resolve/'));
    expect(resolved.map(({ path }) => path)).toEqual(
      ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'].map(
        (name) => `/${ID}/resolve/${COMMIT}/${name}`,
      ),
    );
    const asked = hub.requests.length;
    const folder = await openCached(store, KEY);
    expect(hub.requests.length).toBe(asked);
    expect(folder).toMatchObject({ name: ID, bytes: WEIGHTS.length, config: { model_type: 'bert' } });
    expect(folder.weights.names).toContain('pooler.dense.weight');
    expect(folder.weights.tensor('embeddings.LayerNorm.weight').data).toEqual(new Float32Array(32).fill(1));
  });

  test('is not done twice', async () => {
    await fetchIt();
    hub.requests.length = 0;
    expect((await fetchIt()).complete).toBe(true);
    expect(hub.requests.map(({ path }) => path)).toEqual([`/api/models/${ID}/revision/main?blobs=true`]);
  });

  test('sends the token to the hub and never to the host that it redirects to', async () => {
    await fetchIt({ token: 'hf_secret', revision: 'refs/pr/1' });
    const [first] = hub.requests;
    expect(first?.path).toBe(`/api/models/${ID}/revision/refs%2Fpr%2F1?blobs=true`);
    expect(
      hub.requests.filter(({ host }) => host === 'hub').every(({ authorization }) => authorization === 'Bearer hf_secret'),
    ).toBe(true);
    const elsewhere = hub.requests.filter(({ host }) => host === 'cdn');
    expect(elsewhere.length).toBeGreaterThan(0);
    expect(elsewhere.every(({ authorization }) => authorization === null)).toBe(true);
  });

  test('goes on by Range when the connection breaks, as often as it comes further', async () => {
    let times = 0;
    hub.spoil = ({ host, range }, response, bytes) => host === 'cdn' && ++times <= 6 && sendFile(response, bytes!, range, 5000);
    expect((await fetchIt()).complete).toBe(true);
    const ranges = weightRanges();
    expect(ranges.length).toBe(7);
    expect(ranges[0]).toBeNull();
    const starts = ranges.slice(1).map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]));
    expect(starts.every((start, i) => start > (starts[i - 1] ?? 0))).toBe(true);
    const folder = await openCached(store, KEY);
    expect(folder.weights.names.length).toBe(39);
  });

  test('goes on after a reload: the part on the disk is hashed and not asked for again', async () => {
    let broken = 0;
    hub.spoil = ({ host, range }, response, bytes) =>
      host === 'cdn' && (range === null ? sendFile(response, bytes!, null, 20_000) : ++broken > 0 && answer(response, 503));
    const problem = await problemOf();
    expect(problem.found).toBe('an answer "503" of the hub');
    expect(broken).toBe(3);
    const [half] = await listCached(store);
    expect(half).toMatchObject({ id: ID, complete: false });
    await expect(openCached(store, KEY)).rejects.toMatchObject({ found: 'a part of it' });
    hub.spoil = () => false;
    hub.requests.length = 0;
    expect((await fetchIt()).complete).toBe(true);
    const [range] = weightRanges();
    expect(range).toMatch(/^bytes=\d+-$/);
    expect(hub.requests.filter(({ path }) => path.includes('config.json'))).toEqual([]);
  });

  test('begins again where a host does no ranges', async () => {
    let times = 0;
    hub.spoil = ({ host }, response, bytes) =>
      host === 'cdn' && sendFile(response, bytes!, null, ++times === 1 ? 9000 : Infinity);
    expect((await fetchIt()).complete).toBe(true);
    expect((await openCached(store, KEY)).bytes).toBe(WEIGHTS.length);
  });

  test('waits as long as a 429 asks, and no longer than it is worth', async () => {
    let times = 0;
    hub.spoil = (_, response) => ++times === 1 && answer(response, 429, { 'retry-after': '1' });
    const start = performance.now();
    await fetchIt();
    expect(performance.now() - start).toBeGreaterThan(990);
    hub.spoil = (_, response) => answer(response, 429, { 'retry-after': '600' });
    store = memoryFiles();
    const problem = await problemOf();
    expect(problem.found).toMatch(/429/);
    expect(problem.fix).toMatch(/600 seconds; with an access token/);
  });

  test('gives up a host that falls silent, and goes on', async () => {
    let times = 0;
    hub.spoil = ({ host }, response, bytes) => {
      if (host !== 'cdn' || ++times > 1) return false;
      response.writeHead(200, { 'access-control-allow-origin': '*', 'content-length': bytes!.length });
      response.write(bytes!.subarray(0, 4000));
      return true;
    };
    expect((await fetchIt({ patience: { ...QUICK, stall: 150 } })).complete).toBe(true);
    expect(weightRanges()).toEqual([null, 'bytes=4000-']);
  });

  test('ends when it is cancelled, and keeps what came', async () => {
    const controller = new AbortController();
    const done = fetchIt({ signal: controller.signal, onProgress: (bytes) => bytes > 30_000 && controller.abort() });
    await expect(done).rejects.toMatchObject({ name: 'AbortError' });
    const [part] = await listCached(store);
    expect(part?.complete).toBe(false);
    expect(part?.bytes).toBeGreaterThan(1000);
    expect((await fetchIt()).complete).toBe(true);
  });

  test('serves a model of the cache when the hub is away', async () => {
    await fetchIt({ revision: 'v1' });
    const away = 'http://127.0.0.1:9';
    expect(await fetchIt({ endpoint: away, revision: 'v1' })).toMatchObject({ key: KEY, complete: true });
    expect(await fetchIt({ endpoint: away, revision: COMMIT })).toMatchObject({ key: KEY });
    expect((await problemOf({ endpoint: away })).expected).toBe('an answer from 127.0.0.1:9');
  });
});

describe('refuses', () => {
  const code = (name: string) => ({ 'x-error-code': name });
  const always = (status: number, headers: Record<string, string> = {}) =>
    ((_, response) => answer(response, status, headers)) as HubServer['spoil'];

  test.each<[string, HubServer['spoil'], Wish, RegExp, RegExp]>([
    ['a model that is not there', () => false, { id: 'toys/none' }, /none, or a private one \(401\)/, /spelling/],
    ['a token that the hub does not know', always(401), { token: 'hf_x' }, /refuses this one/, /new access token/],
    ['404', always(404, code('RepoNotFound')), {}, /^none \(404\)/, /spelling/],
    [
      'a revision that is not there',
      always(404, code('RevisionNotFound')),
      { revision: 'v9' },
      /none of that name/,
      /empty for the latest/,
    ],
    ['a gated model without a token', always(401, code('GatedRepo')), {}, /gated/, /then give an access token/],
    ['a gated model with one', always(403, code('GatedRepo')), { token: 'hf_x' }, /gated/, /account that the token belongs to/],
    ['a token without the right', always(403), { token: 'hf_x' }, /forbids it \(403\)/, /permissions/],
    ['a hub with a problem', always(500), {}, /"500" of the hub/, /later/],
    ['a page in place of the listing', (_, response) => (response.writeHead(200).end('<html>'), true), {}, /<html>/, /proxy/],
    [
      'a listing of another kind',
      (_, response) => (response.writeHead(200).end('{}'), true),
      {},
      /another answer/,
      /folder of the model/,
    ],
  ])('%s', async (_, spoil, wish, found, fix) => {
    hub.spoil = spoil;
    const problem = await problemOf(wish);
    expect(problem.found).toMatch(found);
    expect(problem.fix).toMatch(fix);
    expect(await store.folders()).toEqual([]);
  });

  test('a hub that nobody answers for', async () => {
    const problem = await problemOf({ endpoint: 'http://127.0.0.1:9' });
    expect(problem).toMatchObject({ where: ID, found: 'none that this page may read' });
    expect(problem.fix).toMatch(/CORS/);
  });

  test('a repository without a model, before anything is downloaded', async () => {
    expect(await problemOf({ id: 'toys/empty' })).toMatchObject({ where: 'toys/empty' });
    expect(hub.requests.length).toBe(1);
  });

  test('other bytes of the right length, and keeps none of them', async () => {
    hub.spoil = ({ host, range }, response, bytes) =>
      host === 'cdn' && sendFile(response, Buffer.from(bytes!).fill(7, 3000, 3001), range);
    const problem = await problemOf();
    expect(problem).toMatchObject({ where: `${ID}, model.safetensors`, expected: 'the bytes that the hub lists' });
    expect(problem.found).toMatch(/^others: hash [0-9a-f]{12}… in place of /);
    expect([...(await store.files(KEY)).keys()].filter((name) => name.includes('safetensors'))).toEqual([]);
  });

  test('a small file with other bytes, by the hash that git gave it', async () => {
    hub.spoil = ({ path, range }, response, bytes) =>
      path.endsWith('/tokenizer.json') && sendFile(response, Buffer.from(bytes!.toString().replace('loved', 'hated')), range);
    expect(await problemOf()).toMatchObject({ where: `${ID}, tokenizer.json`, expected: 'the bytes that the hub lists' });
  });

  test('a file that is longer than listed', async () => {
    hub.spoil = ({ host, range }, response, bytes) =>
      host === 'cdn' && sendFile(response, Buffer.concat([bytes!, bytes!]), range);
    expect((await problemOf()).found).toBe(`more than its ${WEIGHTS.length.toLocaleString('en-US')} bytes`);
  });

  test('a file that ends too early every time', async () => {
    hub.spoil = ({ host }, response, bytes) => host === 'cdn' && sendFile(response, bytes!.subarray(0, 12_000), null);
    const problem = await problemOf();
    expect(problem).toMatchObject({ found: '12,000 bytes before it broke off' });
  });

  test('a model whose config is of no use, before its weights are downloaded', async () => {
    const refusal = new Problem({ where: 'config.json', expected: 'a BERT', found: 'gpt2', fix: 'Choose another.' });
    const checkConfig = async (): Promise<void> => {
      throw refusal;
    };
    expect(await problemOf({ checkConfig })).toBe(refusal);
    expect(hub.requests.map(({ path }) => path.split('/').at(-1))).toEqual(['main?blobs=true', 'config.json']);
  });

  test('a model that the disk has no room for, with sizes; and a disk that fills up meanwhile', async () => {
    store = memoryFiles(50_000);
    expect(await problemOf()).toMatchObject({ where: ID, found: 'room for 1 MB' });
    expect(hub.requests.length).toBe(1);
    store = { ...memoryFiles(50_000), free: async () => null };
    expect(await problemOf()).toMatchObject({ where: `${ID}, model.safetensors`, found: 'the disk full' });
    expect((await listCached(store))[0]).toMatchObject({ id: ID, complete: false });
  });
});

test('a folder of the cache that does not say what it is can still be seen and removed', async () => {
  const writer = await store.append('x@y', 'about.json', 0, 'x');
  writer.write(new TextEncoder().encode('{"id": 3'));
  expect(await listCached(store)).toMatchObject([{ key: 'x@y', id: 'x@y', complete: false, bytes: 8 }]);
  await store.removeFolder('x@y');
  expect(await listCached(store)).toEqual([]);
});
