/** Files of other formats and encodings, several at once, from the web; what was judged is shown and can be changed. */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test, type Page } from '@playwright/test';
import iconv from 'iconv-lite';
import { chooseDataset, openPage } from './person.ts';
import { toyDataset, type FileContent } from './toy-model.ts';

const rows = Array.from({ length: 80 }, (_, i) => ({ text: `日本語の文 ${i}`, label: i % 2 ? '良い' : '悪い' }));
const csv = `text,label\n${rows.map(({ text, label }) => `${text},${label}`).join('\n')}\n`;

function file(name: string, buffer: Buffer): FileContent {
  return { name, mimeType: 'application/octet-stream', buffer };
}
const data = (page: Page) => page.getByRole('region', { name: 'Data' });
const preview = (page: Page) => page.getByRole('table', { name: 'Preview' });

test('an encoding is found, shown, and changed with the preview following', async ({ page }) => {
  await openPage(page);
  await chooseDataset(page, file('日本.csv', iconv.encode(csv, 'shift_jis')));
  await expect(data(page)).toContainText('80 rows · CSV · Shift-JIS · comma');
  await expect(preview(page)).toContainText('日本語の文 0');
  await data(page).getByText('How it was read').click();
  await page.getByLabel('Encoding').selectOption('windows-1252');
  await expect(preview(page)).not.toContainText('日本語');
  await page.getByLabel('Encoding').selectOption('shift_jis');
  await expect(preview(page)).toContainText('日本語の文 0');
});

test('a delimiter that is wrong loses nothing: the table waits for another', async ({ page }) => {
  await openPage(page);
  await chooseDataset(page, toyDataset(80));
  await data(page).getByText('How it was read').click();
  await page.getByLabel('Delimiter').selectOption({ label: 'Semicolon' });
  await expect(data(page).getByRole('alert').filter({ hasText: 'one column' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
  await page.getByLabel('Delimiter').selectOption({ label: 'Comma' });
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeEnabled();
  await page.getByLabel('Header row').selectOption('no');
  await expect(data(page)).toContainText('81 rows');
});

test('JSON Lines in gzip, and several files with a split column', async ({ page }) => {
  await openPage(page);
  const lines = Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'));
  await chooseDataset(page, file('rows.jsonl.gz', gzipSync(lines)));
  await expect(data(page)).toContainText('80 rows · JSON Lines in gzip · UTF-8');
  await page.getByLabel('Dataset file').setInputFiles([file('train.csv', Buffer.from(csv)), file('test.jsonl', lines)]);
  await expect(data(page)).toContainText('160 rows');
  await expect(page.getByLabel('Label column').locator('option')).toHaveText(['text', 'label', 'split']);
});

test('rows that were left out come as a file', async ({ page }) => {
  await openPage(page);
  await chooseDataset(page, file('ragged.csv', Buffer.from(`${csv}only a text\n"=cmd()",b,c\n`)));
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the 2 rejected rows' }).click();
  const saved = await readFile(await (await download).path(), 'utf8');
  expect(saved).toContain('82,fewer fields than the header,only a text');
  expect(saved).toContain(`83,more fields than the header,"'=cmd()",b,c`);
});

test.describe('from the web', () => {
  let server: Server;
  let address: string;
  test.beforeAll(async () => {
    server = createServer((request, response) => {
      if (!request.url?.startsWith('/private')) response.setHeader('Access-Control-Allow-Origin', '*');
      response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
      if (request.url === '/missing.csv') response.statusCode = 404;
      response.end(csv);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  test.afterAll(() => void server.close());

  async function fetchFrom(page: Page, path: string): Promise<void> {
    await page.getByRole('button', { name: 'open from the web' }).click();
    await page.getByLabel('Address or dataset id').fill(`${address}${path}`);
    await page.getByRole('button', { name: 'Fetch' }).click();
  }

  test('a file is fetched by its address', async ({ page }) => {
    await openPage(page);
    await fetchFrom(page, '/data.csv');
    await expect(data(page)).toContainText('data.csv');
    await expect(data(page)).toContainText('80 rows');
  });

  test('a server that does not allow it, and one that has nothing there, are named', async ({ page }) => {
    await openPage(page);
    await fetchFrom(page, '/private.csv');
    await expect(page.getByRole('alert').filter({ hasText: 'CORS' })).toContainText('drop it here');
    await fetchFrom(page, '/missing.csv');
    await expect(page.getByRole('alert').filter({ hasText: 'HTTP 404' })).toBeVisible();
  });
});
