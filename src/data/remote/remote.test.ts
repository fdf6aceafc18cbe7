/** Fetching from a server that runs here: a file by its address, a dataset of a hub that speaks as Hugging Face's does. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../dataset.ts';
import { rowsOf } from '../testing/open-bytes.ts';
import { download, webAddress } from './download.ts';
import { datasetId, fetchHubDataset } from './hub-dataset.ts';

const { signal } = new AbortController();
const quiet = (): void => undefined;
let server: Server;
let address = '';

function parquet(texts: readonly string[], labels: readonly number[]): Buffer {
  const columnData = [
    { name: 'text', data: [...texts], type: 'STRING' as const },
    { name: 'label', data: [...labels], type: 'INT32' as const },
  ];
  const features = { info: { features: { label: { _type: 'ClassLabel', names: ['neg', 'pos'] } } } };
  const kvMetadata = [{ key: 'huggingface', value: JSON.stringify(features) }];
  return Buffer.from(parquetWriteBuffer({ columnData, kvMetadata }));
}

beforeAll(async () => {
  const file = (path: string): string => `${address}/files/${path}`;
  const answers: Readonly<Record<string, () => string | Buffer>> = {
    '/data%20set.csv': () => 'text,label\na,b\n',
    '/api/datasets/owner/reviews/parquet': () =>
      JSON.stringify({
        plain_text: { train: [file('a'), file('b')], test: [file('c')], unsupervised: [file('none')] },
        other: { train: [file('c')] },
      }),
    '/api/datasets/owner/empty/parquet': () => '{}',
    '/files/a': () => parquet(['one', 'two'], [0, 1]),
    '/files/b': () => parquet(['three'], [1]),
    '/files/c': () => parquet(['four'], [-1]),
  };
  server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    response.statusCode = answer ? 200 : 404;
    response.end(answer?.() ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

describe('a file by its address', () => {
  it('is fetched, with progress', async () => {
    const heard: number[] = [];
    const { name, file } = await download(webAddress(`${address}/data%20set.csv`), signal, (done) => heard.push(done));
    expect(name).toBe('data set.csv');
    expect(await file.text()).toBe('text,label\na,b\n');
    expect(heard.at(-1)).toBe(file.size);
  });

  it('that is none, or answers with an error, or not at all, is a problem', async () => {
    expect(() => webAddress('data.csv')).toThrow(/begins with https/);
    expect(() => webAddress('ftp://example.org/a.csv')).toThrow(/begins with ftp:/);
    expect(() => webAddress('http://example.org/a.csv')).toThrow(/begins with http:/);
    await expect(download(webAddress(`${address}/nothing`), signal, quiet)).rejects.toThrow(/HTTP 404, nothing is there/);
    await expect(download(webAddress('http://127.0.0.1:9/x'), signal, quiet)).rejects.toThrow(/CORS.*drop it here/);
  });
});

describe('a dataset of the hub', () => {
  it('is its Parquet files, with class names, and the split by their places', async () => {
    const { files, parts } = await fetchHubDataset('owner/reviews', undefined, signal, quiet, address);
    expect(parts).toEqual({ parts: ['plain_text', 'other'], part: 'plain_text' });
    const dataset = await openDataset('owner/reviews', files, {}, quiet, signal, parts);
    expect(dataset.table.names).toEqual(['text', 'label', 'split']);
    expect(rowsOf(dataset)).toEqual([
      ['one', 'neg', 'train'],
      ['two', 'pos', 'train'],
      ['three', 'pos', 'train'],
      ['four', '', 'test'],
    ]);
    expect(dataset.summary.reading).toMatchObject({ format: 'Parquet', parts: ['plain_text', 'other'], part: 'plain_text' });
    expect(dataset.notices.map(({ code }) => code)).toEqual(['named-labels']);
  });

  it('has subsets to choose from', async () => {
    const { files } = await fetchHubDataset('owner/reviews', 'other', signal, quiet, address);
    expect(files.map(({ name }) => name)).toEqual(['train/0.parquet']);
  });

  it('without Parquet files, or that is not there, is a problem', async () => {
    await expect(fetchHubDataset('owner/empty', undefined, signal, quiet, address)).rejects.toThrow(/Parquet files, found none/);
    await expect(fetchHubDataset('owner/gone', undefined, signal, quiet, address)).rejects.toThrow(/HTTP 404/);
    expect(datasetId(' https://huggingface.co/datasets/owner/name/ ')).toBe('owner/name');
    expect(() => datasetId('../../etc')).toThrow(/id of a dataset/);
    expect(() => datasetId('a b')).toThrow(/id of a dataset/);
  });
});
