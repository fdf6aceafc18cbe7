/**
 * Models of the Hugging Face hub as a person gets them. The page is the one that is built for everybody: it asks huggingface.co, under its
 * own content security policy and service worker, and Chromium finds that name, and the one of the host for large files, on this machine.
 */
import { readFile } from 'node:fs/promises';
import { expect, test as base, type Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { generate } from 'selfsigned';
import { answer, COMMIT, sendFile, startHub, type HubServer } from './hub-server.ts';
import { chooseDataset, classify, figure, openPage } from './person.ts';
import { toyDataset, toyModelFiles } from './toy-model.ts';

const ID = 'toys/tiny-bert';
const CDN = 'cdn-lfs.hf.co';
const FILES = toyModelFiles((shapes) => shapes.map(([name, shape]) => [`bert.${name}`, shape]));

const test = base.extend<{ fresh: undefined }, { hub: HubServer }>({
  hub: [
    async ({}, use) => {
      const { private: key, cert } = await generate([{ name: 'commonName', value: 'huggingface.co' }], { keyType: 'ec' });
      const hub = await startHub({ models: { [ID]: FILES }, tls: { key, cert, cdnUrl: `https://${CDN}` } });
      await use(hub);
      await hub.close();
    },
    { scope: 'worker' },
  ],
  launchOptions: [
    async ({ hub, launchOptions }, use) => {
      const rules = `MAP huggingface.co:443 127.0.0.1:${hub.ports.hub},MAP ${CDN}:443 127.0.0.1:${hub.ports.cdn}`;
      const args = [...(launchOptions.args ?? []), `--host-resolver-rules=${rules}`, '--ignore-certificate-errors'];
      await use({ ...launchOptions, args });
    },
    { scope: 'worker' },
  ],
  fresh: [
    async ({ hub }, use) => {
      hub.spoil = () => false;
      hub.requests.length = 0;
      await use(undefined);
    },
    { auto: true },
  ],
});

const model = (page: Page) => page.getByRole('region', { name: 'Model', exact: true });
const onThisMachine = (page: Page) => page.getByRole('list', { name: 'Models on this machine' });

async function openWorkbench(page: Page): Promise<void> {
  await openPage(page);
  await chooseDataset(page, toyDataset(240));
  await expect(model(page)).toContainText('24 MB');
}

async function download(page: Page, id = ID): Promise<void> {
  await page.getByLabel('Hub model').fill(id);
  await page.getByRole('button', { name: 'Download', exact: true }).click();
}

async function openList(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Change model' }).click();
  await expect(onThisMachine(page)).toContainText('Starter');
}

/** The large file in two halves, the second when `rest` is called. */
function inHalves(hub: HubServer): { rest: () => void } {
  let finish = (): void => undefined;
  hub.spoil = ({ host }, response, bytes) => {
    if (host !== 'cdn' || !bytes) return false;
    const half = Math.floor(bytes.length / 2);
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-length': bytes.length });
    response.write(bytes.subarray(0, half));
    finish = () => response.end(bytes.subarray(half));
    return true;
  };
  return { rest: () => finish() };
}

test('types a hub id, watches it come, trains, exports the same names; later it opens offline, and goes', async ({
  page,
  hub,
  context,
}) => {
  await openWorkbench(page);
  const slow = inHalves(hub);
  await page.getByText('Revision and token').click();
  await page.getByLabel('Access token').fill('hf_secret');
  await download(page);
  const coming = page.getByRole('progressbar', { name: `Download of ${ID}` });
  await expect.poll(async () => Number(await coming.getAttribute('aria-valuenow'))).toBeGreaterThan(40);
  await expect(page.getByRole('contentinfo')).toContainText(/Downloading.*tiny-bert · \d+ KB of \d+ KB/);
  await expect(page.getByRole('button', { name: 'Cancel download' })).toBeVisible();
  slow.rest();
  await expect(model(page)).toContainText(ID);
  await expect(model(page)).toContainText('2 layers');
  await expect(model(page)).toContainText('no classifier');
  expect(
    hub.requests.filter(({ host }) => host === 'hub').every(({ authorization }) => authorization === 'Bearer hf_secret'),
  ).toBe(true);
  expect(hub.requests.filter(({ host }) => host === 'cdn').map(({ authorization }) => authorization)).toEqual([null]);

  await page.getByLabel('Epochs').fill('4');
  await page.getByLabel('Learning rate').fill('5e-3');
  await page.getByLabel('Batch size').fill('8');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByText('Finished', { exact: true })).toBeVisible({ timeout: 60_000 });
  expect(await figure(page, 'Validation accuracy')).toBeGreaterThan(0.9);
  await classify(page, 'i loved the film', /^positive/);
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Download model/ }).click();
  const entries = unzipSync(await readFile(await (await downloading).path()));
  expect(namesIn(entries['model.safetensors']!)).toEqual(
    [...namesIn(FILES[3]!.buffer), 'classifier.bias', 'classifier.weight'].sort(),
  );
  expect(new TextDecoder().decode(entries['README.md'])).toMatch(/base_model: .*toys\/tiny-bert/);

  await page.reload();
  await openWorkbench(page);
  await openList(page);
  await expect(onThisMachine(page)).toContainText(COMMIT.slice(0, 7));
  hub.requests.length = 0;
  await context.setOffline(true);
  await page.getByRole('button', { name: `Use ${ID}` }).click();
  await expect(model(page)).toContainText('2 layers');
  expect(hub.requests).toEqual([]);
  await context.setOffline(false);

  await openList(page);
  await page.getByRole('button', { name: `Remove ${ID}` }).click();
  await expect(onThisMachine(page)).not.toContainText(ID);
  await page.getByRole('button', { name: 'Close' }).click();
  await page.reload();
  await openWorkbench(page);
  await openList(page);
  await expect(page.getByRole('list', { name: 'Hub models' })).toContainText('google-bert/bert-base-uncased');
  await expect(onThisMachine(page)).not.toContainText(ID);
});

function namesIn(safetensors: Uint8Array): string[] {
  const length = Number(new DataView(safetensors.buffer, safetensors.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(safetensors.subarray(8, 8 + length))) as Record<string, unknown>;
  return Object.keys(header)
    .filter((name) => name !== '__metadata__')
    .sort();
}

test('goes on where it was after the page was closed half-way', async ({ page, hub }) => {
  await openWorkbench(page);
  inHalves(hub);
  await download(page);
  const coming = page.getByRole('progressbar', { name: `Download of ${ID}` });
  await expect.poll(async () => Number(await coming.getAttribute('aria-valuenow'))).toBeGreaterThan(40);
  await page.reload();
  await openWorkbench(page);
  hub.spoil = () => false;
  hub.requests.length = 0;
  await openList(page);
  await expect(onThisMachine(page)).toContainText(/KB of \d+ KB/);
  await page.getByRole('button', { name: `Continue ${ID}` }).click();
  await expect(model(page)).toContainText('2 layers');
  const [range] = hub.requests.filter(({ host }) => host === 'cdn').map((request) => request.range);
  expect(range).toMatch(/^bytes=\d{4,}-$/);
});

test('a connection that breaks is taken up again by itself; cancel keeps the starter', async ({ page, hub }) => {
  await openWorkbench(page);
  let times = 0;
  hub.spoil = ({ host, range }, response, bytes) =>
    host === 'cdn' && bytes !== null && ++times <= 2 && sendFile(response, bytes, range, 30_000);
  await download(page);
  await expect(model(page)).toContainText('2 layers');
  expect(hub.requests.filter(({ host, range }) => host === 'cdn' && range !== null).length).toBeGreaterThanOrEqual(1);
  await openList(page);
  await page.getByRole('button', { name: `Remove ${ID}` }).click();
  await page.getByRole('button', { name: 'Use Starter' }).click();
  await expect(model(page)).toContainText('24 MB');
  inHalves(hub);
  await download(page);
  await page.getByRole('button', { name: 'Cancel download' }).click();
  await expect(page.getByLabel('Hub model')).toHaveValue(ID);
  await expect(model(page)).toContainText('Starter');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

const REFUSALS: [string, HubServer['spoil'], RegExp][] = [
  [
    'a model that is not there',
    (_, response) => answer(response, 401, { 'x-error-code': 'RepoNotFound' }),
    /a private one \(401\).*spelling/,
  ],
  ['a gated model', (_, response) => answer(response, 403, { 'x-error-code': 'GatedRepo' }), /gated model.*Accept the terms/],
  ['too many requests', (_, response) => answer(response, 429, { 'retry-after': '3600' }), /\(429\).*3600 seconds/],
  [
    'other bytes than the hub lists',
    ({ host, range }, response, bytes) =>
      host === 'cdn' && bytes !== null && sendFile(response, Buffer.alloc(bytes.length), range),
    /the bytes that the hub lists.*others: hash/,
  ],
  [
    'a model of another kind, before its weights come',
    ({ path, host }, response) => {
      expect(host).toBe('hub');
      if (!path.includes('blobs')) return false;
      const config = Buffer.from('{"model_type": "gpt2"}');
      const siblings = [
        { rfilename: 'config.json', size: 22 },
        ...['tokenizer.json', 'model.safetensors'].map((rfilename) => ({ rfilename, size: 9 })),
      ];
      hubConfig = config;
      response.writeHead(200, { 'access-control-allow-origin': '*' }).end(JSON.stringify({ sha: 'f'.repeat(40), siblings }));
      return true;
    },
    /model_type.*gpt2/,
  ],
];
let hubConfig: Buffer | null = null;

for (const [what, spoil, words] of REFUSALS) {
  test(`refused in words: ${what}`, async ({ page, hub }) => {
    await openWorkbench(page);
    hub.spoil = (request, response, bytes) =>
      request.path.endsWith('/config.json') && hubConfig ? sendFile(response, hubConfig, null) : spoil(request, response, bytes);
    await download(page);
    await expect(page.getByRole('alert')).toContainText(words, { timeout: 20_000 });
    await expect(model(page)).toContainText('Starter');
    hubConfig = null;
  });
}

test('a disk that gets full is told with sizes', async ({ page, context }) => {
  await openWorkbench(page);
  const session = await context.newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: 20_000 });
  await download(page);
  await expect(page.getByRole('alert')).toContainText(/tiny-bert, model\.safetensors.*room on the disk.*full after [\d,]+ bytes/);
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin });
});
