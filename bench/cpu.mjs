/**
 * `npm run bench:cpu`: a training step of the starter on the simd backend, one thread and all, against the same model written plainly
 * with stock tfjs operations on tfjs-backend-wasm, in Chromium, in one run. Real rows of the sample, batch 32.
 * `--rounds N` (3), `--batches N` (4); `--without-stock`: ours alone, for its profile; `--json`: one JSON object on the last line.
 */
import { chromium } from '@playwright/test';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, preview } from 'vite';
import { ensureChromium } from '../scripts/chromium.mjs';
import { findFreePort } from '../scripts/port.mjs';
import { main, ROOT, run } from '../scripts/run.mjs';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    'without-stock': { type: 'boolean' },
    rounds: { type: 'string', default: '3' },
    batches: { type: 'string', default: '4' },
  },
});
const BATCH_SIZE = 32;
const LIMIT_MS = 30 * 60_000;

const config = {
  root: fileURLToPath(new URL('./cpu', import.meta.url)),
  configFile: false,
  base: './',
  publicDir: `${ROOT}/public`,
  logLevel: 'error',
  build: { outDir: `${ROOT}/node_modules/.cache/bench-cpu`, emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 4000 },
  worker: { format: 'es' },
};

async function measure(address, executablePath) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    page.on('console', (message) => console.log(`  ${message.text()}`));
    page.setDefaultTimeout(LIMIT_MS);
    await page.goto(address);
    await page.waitForFunction(() => 'runBench' in globalThis);
    const request = {
      rounds: Number(values.rounds),
      batches: Number(values.batches),
      batchSize: BATCH_SIZE,
      withStock: !values['without-stock'],
      starter: `${address}models/starter/`,
      sample: `${address}sample/sample.csv`,
    };
    const result = await page.evaluate((each) => globalThis.runBench(each), request);
    return { ...result, chromium: browser.version() };
  } finally {
    await browser.close();
  }
}

async function withPage(work) {
  await build(config);
  const port = await findFreePort(4473, 'localhost');
  const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
  const server = await preview({ ...config, preview: { host: 'localhost', port, strictPort: true, headers } });
  try {
    return await work(`http://localhost:${port}/`);
  } finally {
    server.httpServer.closeAllConnections();
    await server.close();
  }
}

function print({ ms, flops, tokens, paddedTokens, threads, relaxed, losses, profile, productFlops, memory, chromium: version }) {
  const [cpu] = cpus();
  console.log(`\n${cpus().length} x ${cpu?.model}, Chromium ${version}, ${relaxed ? 'relaxed' : 'plain'} SIMD`);
  console.log(
    `batch ${BATCH_SIZE}: ${tokens.toFixed(0)} real tokens (${paddedTokens.toFixed(0)} padded), ${(flops / 1e9).toFixed(1)} GFLOP a step`,
  );
  console.log(`loss before training: simd ${losses.simd.toFixed(6)}, stock ${losses.stock.toFixed(6)}\n`);
  const row = (name, time) =>
    console.log(
      `${name.padEnd(44)}${time.toFixed(1).padStart(9)} ms${(flops / time / 1e6).toFixed(1).padStart(9)} GFLOP/s${(ms.stockOne / time).toFixed(1).padStart(8)} x`,
    );
  row('stock tfjs, tfjs-backend-wasm, one thread', ms.stockOne);
  row('simd, one thread', ms.simdOne);
  row(`simd, ${threads} threads`, ms.simdAll);
  console.log('\none thread, milliseconds a step:');
  for (const [name, time] of Object.entries(profile).sort((a, b) => b[1] - a[1]))
    console.log(`  ${name.padEnd(24)}${time.toFixed(2).padStart(8)}`);
  console.log(
    `  matrix products: ${(productFlops / 1e9).toFixed(1)} GFLOP done, ${(productFlops / profile.product / 1e6).toFixed(1)} GFLOP/s`,
  );
  const [before, after] = [0, 1].map(
    (i) =>
      `${memory.tensors[i]} tensors, heap ${(memory.heapBytesUsed[i] / 2 ** 20).toFixed(1)} of ${(memory.heapBytesReserved[i] / 2 ** 20).toFixed(1)} MiB`,
  );
  console.log(`\nmemory before ${memory.steps} steps: ${before}\nmemory after:           ${after}`);
}

await main(async () => {
  await run(process.execPath, ['scripts/build-wasm.mjs']);
  await run(process.execPath, ['scripts/make-sample.mjs']);
  const executablePath = await ensureChromium();
  const result = await withPage((address) => measure(address, executablePath));
  print(result);
  const ratios = {
    vs_stock_tfjs: result.ms.stockOne / result.ms.simdOne,
    threads_speedup: result.ms.simdOne / result.ms.simdAll,
  };
  if (values.json) console.log(JSON.stringify({ ratios, ...result }));
});
