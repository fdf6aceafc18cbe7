/** Serves a page for a benchmark, on a free port, and stops it afterwards. */
import { chromium } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';
import { ensureChromium } from '../scripts/chromium.mjs';
import { findFreePort } from '../scripts/port.mjs';
import { ROOT } from '../scripts/run.mjs';

const LIMIT_MS = 30 * 60_000;

/** Calls `work` with the address at which `config` is served and returns what it returns. */
async function serve(config, work) {
  const port = await findFreePort(4373, 'localhost');
  const { headers } = config.preview ?? {};
  const server = await preview({ ...config, preview: { host: 'localhost', port, strictPort: true, open: false, headers } });
  try {
    return await work(`http://localhost:${port}/`);
  } finally {
    server.httpServer.closeAllConnections();
    await server.close();
  }
}

/** The built page of the product (`npm run build` first). */
export function withServer(work) {
  return serve({ logLevel: 'warn' }, work);
}

/**
 * Builds the page in bench/FOLDER and opens it in Chromium; `work` gets Playwright's page, the address and the browser's version once
 * the page has `runBench`. `functions` are there as globals. What the page logs is printed.
 */
export async function withBenchPage(folder, { flags = [], functions = {} }, work) {
  const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
  const config = {
    root: fileURLToPath(new URL(`./${folder}`, import.meta.url)),
    configFile: false,
    base: './',
    publicDir: `${ROOT}/public`,
    logLevel: 'error',
    build: {
      outDir: `${ROOT}/node_modules/.cache/bench-${folder.replaceAll('/', '-')}`,
      emptyOutDir: true,
      target: 'es2023',
      chunkSizeWarningLimit: 4000,
    },
    worker: { format: 'es' },
    preview: { headers },
  };
  const executablePath = await ensureChromium();
  await build(config);
  return serve(config, async (address) => {
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', ...flags] });
    try {
      const page = await browser.newPage();
      page.on('console', (message) => console.log(message.text()));
      page.setDefaultTimeout(LIMIT_MS);
      for (const [name, called] of Object.entries(functions)) await page.exposeFunction(name, called);
      await page.goto(address);
      await page.waitForFunction(() => 'runBench' in globalThis);
      return await work(page, address, browser.version());
    } finally {
      await browser.close();
    }
  });
}
