import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Problem } from '../lib/problem.ts';
import { openStarter } from './starter.ts';

const FOLDER = 'public/models/starter/';

/** A real server with the starter; each test may spoil the answer for one file. */
let server: Server;
let base = '';
let spoil: (name: string, response: ServerResponse, bytes: Buffer) => boolean = () => false;

beforeAll(async () => {
  server = createServer((request, response) => {
    const name = (request.url ?? '').replace('/models/starter/', '');
    const bytes = readFileSync(FOLDER + name);
    if (spoil(name, response, bytes)) return;
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes.length }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/models/starter/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function problemOf(url: string): Promise<Problem> {
  try {
    await openStarter(url);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('no problem was thrown');
}

test('opens the starter, with progress in bytes', async () => {
  spoil = () => false;
  const calls: [number, number][] = [];
  const folder = await openStarter(base, (done, total) => calls.push([done, total]));
  expect(folder.name).toBe('Starter');
  expect(folder.config).toMatchObject({ model_type: 'bert', hidden_size: 384, num_hidden_layers: 3 });
  expect(folder.weights.names.length).toBe(55);
  expect(folder.weights.shape('embeddings.word_embeddings.weight')).toEqual([16_000, 384]);
  const total = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'].reduce(
    (sum, name) => sum + readFileSync(FOLDER + name).length,
    0,
  );
  expect(calls.length).toBeGreaterThan(10);
  expect(calls.every(([done], i) => i === 0 || done > calls[i - 1]![0])).toBe(true);
  expect(calls.every((call) => call[1] === total)).toBe(true);
  expect(calls.at(-1)).toEqual([total, total]);
});

test('opens it from a server that compresses and tells no length', async () => {
  const { gzipSync } = await import('node:zlib');
  spoil = (name, response, bytes) => {
    if (name !== 'tokenizer.json') return false;
    const packed = gzipSync(bytes);
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length }).end(packed);
    return true;
  };
  let last: [number, number] = [0, 1];
  const folder = await openStarter(base, (done, total) => (last = [done, total]));
  expect(folder.tokenizer.tokenizerJson).toBe(readFileSync(`${FOLDER}tokenizer.json`, 'utf8'));
  expect(last[0]).toBe(last[1]);
});

describe('problems', () => {
  test('offline', async () => {
    expect(await problemOf('http://127.0.0.1:9/models/starter/')).toMatchObject({
      where: 'config.json',
      expected: 'an answer from 127.0.0.1:9',
      found: 'none',
    });
  });

  test('404', async () => {
    spoil = (name, response) => name === 'model.safetensors' && Boolean(response.writeHead(404).end());
    expect(await problemOf(base)).toMatchObject({ where: 'model.safetensors', found: 'an answer "404"' });
  });

  test('a page in place of the file', async () => {
    spoil = (name, response) =>
      name === 'config.json' && Boolean(response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>'));
    expect(await problemOf(base)).toMatchObject({ where: 'config.json', found: 'a web page in its place' });
  });

  test('a connection that breaks off', async () => {
    spoil = (name, response, bytes) => {
      if (name !== 'model.safetensors') return false;
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 1_000_000), () => response.destroy());
      return true;
    };
    const problem = await problemOf(base);
    expect(problem).toMatchObject({ where: 'model.safetensors', expected: '23,632,768 bytes' });
    expect(problem.found).toMatch(/bytes before it broke off$/);
  });

  test('a file that is shorter on the server goes through the same checks as a dropped one', async () => {
    spoil = (name, response, bytes) =>
      name === 'model.safetensors' && Boolean(response.writeHead(200).end(bytes.subarray(0, 20_000_000)));
    expect(await problemOf(base)).toMatchObject({ where: 'Starter, model.safetensors', found: 'only 20,000,000 bytes' });
  });
});
