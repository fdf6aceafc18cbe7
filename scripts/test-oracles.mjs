/**
 * `npm run test:oracles`: what Python's own programs make of what Tabtune writes. Makes .venv with the pinned packages of
 * reference/requirements.txt (about 5 GB with torch) when it is not there.
 *
 *   npm run test:oracles                                      the model that the browser tests exported (npm run test:e2e)
 *   npm run test:oracles -- --lora                            only the adapter of a toy model, which is trained here, with peft
 *   npm run test:oracles -- --mlflow                          only a run that the page sends to an MLflow server, which is started here
 *   npm run test:oracles -- MODEL.zip [PREDICTIONS.json]      any other; predictions as reference/check_export.py describes
 *
 * Tabtune's side is computed anew from the zip, by the code that the page uses; a PREDICTIONS.json (or predictions.json beside the
 * zip) that another run left is compared too.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { ensureInstalled } from './install.mjs';
import { main, run, runTool, runTypeScript } from './run.mjs';
import { ensureVenv, PYTHON } from './venv.mjs';

const MAX_LENGTH = 32;
const TEXTS = [
  'I loved every minute',
  'a dull waste of time',
  'Great phone, but the battery died after two days!!!',
  'ok',
  '',
  'Ünïcödé, naïve café — “quoted” text… 日本語 and Ελληνικά 👍🏽',
  'supercalifragilisticexpialidocious antidisestablishmentarianism',
  'It was [MASK] and <b>bold</b> & 100% "fine"\tor\nnot?',
  'Not only was the food outstanding, but the little extras were great, and the staff could not have been more helpful to us. '.repeat(
    3,
  ),
];

const OFFLINE = { HF_HUB_OFFLINE: '1', TRANSFORMERS_VERBOSITY: 'error' };

async function predictHere(zip) {
  const { predictExport } = await runTypeScript('./reference/predict-export.ts');
  const file = 'test-results/oracles/predictions.json';
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(await predictExport(zip, TEXTS, MAX_LENGTH)));
  return file;
}

/** A toy model trained with LoRA here and now: peft must find the adapter's names, and all its forms must give our logits. */
async function checkAdapter() {
  const { exportAdapter } = await runTypeScript('./reference/adapter-export.ts');
  const folder = 'test-results/oracles/lora';
  await exportAdapter(folder, TEXTS);
  await run(PYTHON, ['reference/check_adapter.py', folder], OFFLINE);
}

/** A run from the page (as it was built last) to a real server, and read back by Python's client. */
async function checkMlflow() {
  if (!existsSync('dist/index.html')) throw new Error('There is no built page. Make one with npm run build.');
  const CHROMIUM_PATH = await ensureChromium();
  await runTool('@playwright/test/cli.js', ['test', '--project', 'oracles'], { ...OFFLINE, ORACLES: '1', PYTHON, CHROMIUM_PATH });
}

await main(async () => {
  const [first, given] = process.argv.slice(2);
  const only = { '--lora': checkAdapter, '--mlflow': checkMlflow }[first];
  if (only) {
    await ensureInstalled();
    await ensureVenv();
    await only();
    return;
  }
  const zip = first ?? 'test-results/exported/model.zip';
  if (!existsSync(zip))
    throw new Error(`There is no ${zip}. The browser tests leave one (npm run test:e2e), or name a zip that the page exported.`);
  const left = given ?? join(dirname(zip), 'predictions.json');
  if (given && !existsSync(given)) throw new Error(`There is no ${given}.`);
  await ensureInstalled();
  await ensureVenv();
  const predictions = [await predictHere(zip), ...(existsSync(left) ? [left] : [])];
  await run(PYTHON, ['reference/check_export.py', zip, ...predictions], OFFLINE);
  await checkAdapter();
  await checkMlflow();
});
