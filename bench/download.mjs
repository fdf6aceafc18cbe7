/**
 * `npm run bench:download`: what the browser fetches before a dataset is dropped, as gzip would send it. Opens the built page in
 * Chromium, waits until it is idle, and sums every response by its gzipped size. `--json`: one JSON object on the last line.
 */
import { chromium } from '@playwright/test';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { ensureChromium } from '../scripts/chromium.mjs';
import { main } from '../scripts/run.mjs';
import { withServer } from './serve.mjs';

const { values } = parseArgs({ options: { json: { type: 'boolean' } } });

async function measure(address, executablePath) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    const files = [];
    page.on('response', (response) => {
      if (!response.url().startsWith('http')) return;
      files.push(
        response
          .body()
          .then((body) => ({ url: new URL(response.url()).pathname, bytes: body.length, gzip: gzipSync(body).length })),
      );
    });
    await page.goto(address, { waitUntil: 'networkidle' });
    await page.waitForTimeout(3000);
    return await Promise.all(files);
  } finally {
    await browser.close();
  }
}

await main(async () => {
  const executablePath = await ensureChromium();
  const files = await withServer((address) => measure(address, executablePath));
  for (const { url, bytes, gzip } of files)
    console.log(`${(gzip / 1024).toFixed(1).padStart(8)} KB gzip  ${(bytes / 1024).toFixed(1).padStart(8)} KB  ${url}`);
  const gzip = files.reduce((sum, file) => sum + file.gzip, 0);
  console.log(`${(gzip / 1024).toFixed(1).padStart(8)} KB gzip in all, before a dataset is dropped`);
  if (values.json) console.log(JSON.stringify({ gzip_bytes: gzip, files: files.length }));
});
