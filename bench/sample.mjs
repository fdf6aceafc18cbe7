/**
 * `npm run bench:sample`: what a stranger gets. Opens the built page in Chromium without WebGPU, takes the sample and the starter,
 * trains one epoch with the page's defaults and prints seconds (from the click on Train to the end) and validation accuracy.
 * `--runs N` repeats it, each in a fresh browser. `--json`: one JSON object on the last line.
 */
import { chromium } from '@playwright/test';
import { parseArgs } from 'node:util';
import { ensureChromium } from '../scripts/chromium.mjs';
import { main } from '../scripts/run.mjs';
import { withServer } from './serve.mjs';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, runs: { type: 'string', default: '1' } } });

async function trainOnce(address, executablePath) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(address);
    await page.getByRole('button', { name: 'Use the sample' }).click();
    await page.getByLabel('Epochs').fill('1');
    const train = page.getByRole('button', { name: 'Train', exact: true });
    await train.click();
    const start = performance.now();
    await page.getByRole('button', { name: 'Stop', exact: true }).first().waitFor();
    await train.and(page.locator(':enabled')).waitFor({ timeout: 600_000 });
    const seconds = (performance.now() - start) / 1000;
    const accuracy = Number.parseFloat(await page.getByLabel('Validation accuracy', { exact: true }).first().textContent());
    return { seconds, accuracy };
  } finally {
    await browser.close();
  }
}

await main(async () => {
  const executablePath = await ensureChromium();
  const runs = await withServer(async (address) => {
    const results = [];
    for (let run = 0; run < Number(values.runs); run++) results.push(await trainOnce(address, executablePath));
    return results;
  });
  console.log('run  seconds  validation accuracy');
  runs.forEach(({ seconds, accuracy }, run) => {
    console.log(`${String(run + 1).padStart(3)}  ${seconds.toFixed(1).padStart(7)}  ${accuracy.toFixed(3).padStart(19)}`);
  });
  if (values.json) console.log(JSON.stringify({ runs }));
});
