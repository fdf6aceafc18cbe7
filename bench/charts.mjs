/**
 * `npm run bench:charts`: the charts of a run while 100,000 steps come in, and while a person reads and zooms in all of them, in Chromium. Prints
 * the time from frame to frame and what the longest tasks took of the main thread. `--json`: one JSON object on the last line.
 */
import { chromium } from '@playwright/test';
import react from '@vitejs/plugin-react';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, preview } from 'vite';
import { ensureChromium } from '../scripts/chromium.mjs';
import { findFreePort } from '../scripts/port.mjs';
import { main, ROOT } from '../scripts/run.mjs';

const { values } = parseArgs({ options: { json: { type: 'boolean' } } });
const LONG_TASK_MS = 50;

const config = {
  root: fileURLToPath(new URL('./charts', import.meta.url)),
  configFile: false,
  base: './',
  publicDir: false,
  logLevel: 'error',
  plugins: [react()],
  build: { outDir: `${ROOT}/node_modules/.cache/bench-charts`, emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 2000 },
};

/** The milliseconds that each task of the page's main thread ran, longest first: its own time, not what it waited for a core. */
function mainThreadTasks({ traceEvents }) {
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return traceEvents
    .filter(({ name, pid, tid }) => name.endsWith('RunTask') && mains.has(`${pid} ${tid}`))
    .map(({ tdur = 0 }) => tdur / 1000)
    .sort((a, b) => b - a);
}

async function phase(browser, page, work) {
  const path = join(tmpdir(), `tabtune-charts-${process.pid}.json`);
  await browser.startTracing(page, { path, categories: ['toplevel'] });
  const intervals = (await work()).sort((a, b) => a - b);
  await browser.stopTracing();
  const tasks = mainThreadTasks(JSON.parse(await readFile(path, 'utf8')));
  await rm(path);
  const at = (share) => intervals[Math.floor(share * (intervals.length - 1))];
  return {
    frames: intervals.length,
    frames_per_second: (1000 * intervals.length) / intervals.reduce((sum, each) => sum + each, 0),
    frame_ms: { median: at(0.5), p95: at(0.95), longest: at(1) },
    long_tasks: tasks.filter((each) => each > LONG_TASK_MS).length,
    longest_task_ms: tasks[0] ?? 0,
    busy_share: tasks.reduce((sum, each) => sum + each, 0) / intervals.reduce((sum, each) => sum + each, 0),
  };
}

/** Points across both charts, zooms into the first by dragging, and back. */
async function readAndZoom(page) {
  const frames = page.evaluate(() => globalThis.bench.frames(4000));
  const [first, second] = await page.locator('#root svg').all();
  for (const chart of [first, second, first, second]) {
    const { x, y, width, height } = await chart.boundingBox();
    await page.mouse.move(x + 60, y + height / 2);
    await page.mouse.move(x + width - 30, y + height / 3, { steps: 40 });
  }
  const { x, y, width, height } = await first.boundingBox();
  await page.mouse.move(x + width * 0.4, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.7, y + height / 2, { steps: 10 });
  await page.mouse.up();
  await page.mouse.dblclick(x + width / 2, y + height / 2);
  return frames;
}

async function measure(address, executablePath) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(address);
    await page.waitForFunction(() => 'bench' in globalThis);
    await page.evaluate(() => globalThis.bench.setUp());
    await page.waitForTimeout(1000);
    const coming = await phase(browser, page, () => page.evaluate(() => globalThis.bench.feed()));
    await page.waitForTimeout(1000);
    const steps = await page.evaluate(() => globalThis.bench.steps());
    const points = await page.evaluate(() => globalThis.bench.pointsDrawn());
    const reading = await phase(browser, page, () => readAndZoom(page));
    return { steps, points_in_a_line: points, coming, reading, chromium: browser.version() };
  } finally {
    await browser.close();
  }
}

async function withPage(work) {
  await build(config);
  const port = await findFreePort(4573, 'localhost');
  const server = await preview({ ...config, preview: { host: 'localhost', port, strictPort: true, open: false } });
  try {
    return await work(`http://localhost:${port}/`);
  } finally {
    server.httpServer.closeAllConnections();
    await server.close();
  }
}

await main(async () => {
  const executablePath = await ensureChromium();
  const result = await withPage((address) => measure(address, executablePath));
  console.log(`${result.steps} steps, ${result.points_in_a_line} points in a line`);
  for (const name of ['coming', 'reading']) {
    const { frames_per_second, frame_ms, long_tasks, longest_task_ms, busy_share } = result[name];
    console.log(
      `${name.padEnd(8)} ${frames_per_second.toFixed(1)} frames a second (median ${frame_ms.median.toFixed(1)} ms, 95 % ${frame_ms.p95.toFixed(1)} ms), ` +
        `longest task ${longest_task_ms.toFixed(1)} ms, ${long_tasks} over ${LONG_TASK_MS} ms, main thread busy ${(100 * busy_share).toFixed(0)} %`,
    );
  }
  if (values.json) console.log(JSON.stringify(result));
});
