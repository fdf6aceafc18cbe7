/**
 * A run goes from the page to a real MLflow server, and Python's own client reads it back. Part of `npm run test:oracles`, which has a Python
 * with mlflow; PYTHON names it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { expect, test, type Page } from '@playwright/test';
import { chooseDataset, classify, openModelFiles } from './person.ts';
import { toyDataset, toyModelFiles } from './toy-model.ts';

test.use({ serviceWorkers: 'allow' });

const FOLDER = 'test-results/oracles/mlflow';
const PYTHON = process.env.PYTHON ?? 'python3';
/** Each with another answer than the one before, so that an answer that is still on the page is not taken for it. */
const TEXTS = [
  ['i loved every minute', /^positive/],
  ['the film was a waste of time', /^negative/],
  ['superb charming phone', /^positive/],
] as const;

let server: ChildProcess;
let address = '';

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const bound = probe.address();
      probe.close(() => (bound && typeof bound === 'object' ? resolve(bound.port) : reject(new Error('no port'))));
    });
  });
}

async function python(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(PYTHON, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, output };
}

async function isUp(): Promise<boolean> {
  try {
    return (await fetch(`${address}/health`)).ok;
  } catch {
    return false;
  }
}

test.beforeAll(async () => {
  test.setTimeout(180_000);
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const port = await freePort();
  address = `http://localhost:${port}`;
  const stores = ['--backend-store-uri', `sqlite:///${FOLDER}/mlflow.db`, '--artifacts-destination', `${FOLDER}/artifacts`];
  server = spawn(PYTHON, ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1', ...stores], {
    stdio: 'ignore',
    detached: true,
  });
  await expect.poll(isUp, { timeout: 150_000, intervals: [500] }).toBe(true);
});

test.afterAll(() => {
  // The server has workers of its own: its whole group goes.
  if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid, 'SIGTERM');
});

async function trainToy(page: Page, origin: string): Promise<void> {
  await page.goto(origin);
  await expect(page.getByRole('button', { name: /^Requests/ })).toBeVisible({ timeout: 60_000 });
  await openModelFiles(page, toyModelFiles());
  await expect(page.getByRole('region', { name: 'Model' })).toContainText('2 layers');
  await chooseDataset(page, toyDataset(400));
  await page.getByLabel('Learning rate').first().fill('2e-3');
  await page.getByLabel('Batch size').fill('8');
  await page.getByLabel('Epochs').fill('4');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByText('Finished', { exact: true })).toBeVisible({ timeout: 120_000 });
}

async function send(page: Page, model: string): Promise<void> {
  await page.getByRole('button', { name: /^Actions of/ }).click();
  await page.getByRole('menuitem', { name: 'Send to MLflow' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send to MLflow' });
  await dialog.getByLabel('Address of the server').fill(address);
  await dialog.getByLabel('Experiment').fill('reviews');
  await dialog.getByLabel('Registered model').fill(model);
  await expect(dialog).toContainText('None of the texts of toy.csv is among it.');
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
}

test('a run arrives with its settings, every figure, its model and a version; the request counter says so', async ({
  page,
  baseURL,
}) => {
  test.setTimeout(300_000);
  await trainToy(page, baseURL ?? '');
  const predictions = [];
  for (const [text, answer] of TEXTS) predictions.push(await classify(page, text, answer));
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Runs/ }).click();
  await expect(page.getByRole('table', { name: 'Runs' })).toContainText('Finished');

  const json = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Actions of/ }).click();
  await page.getByRole('menuitem', { name: 'Export as JSON' }).click();
  await writeFile(`${FOLDER}/run.json`, await readFile(await (await json).path()));
  await writeFile(`${FOLDER}/predictions.json`, JSON.stringify({ texts: TEXTS.map(([text]) => text), predictions }));

  await send(page, 'toy reviews');
  const dialog = page.getByRole('dialog', { name: 'Send to MLflow' });
  await expect(dialog.getByRole('status')).toContainText('is there, as version 1 of toy reviews', { timeout: 120_000 });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Requests/ }).click();
  await expect(page.getByRole('table', { name: 'Requests' })).toContainText('the run that was sent to MLflow');

  const { code, output } = await python('reference/check_mlflow.py', address, 'reviews', 'toy reviews', FOLDER);
  console.log(output);
  expect(code).toBe(0);
});

test('a server that does not let the page in: the words say with what it would', async ({ page, baseURL }) => {
  test.setTimeout(300_000);
  const { port } = new URL(baseURL ?? '');
  const origin = `http://tabtune.localhost:${port}`;
  await trainToy(page, `${origin}/`);
  await page.getByRole('button', { name: /^Runs/ }).click();
  await send(page, '');
  const problem = page.getByRole('dialog', { name: 'Send to MLflow' }).getByRole('alert');
  await expect(problem).toContainText(`mlflow server --cors-allowed-origins ${origin}`, { timeout: 60_000 });
  await expect(problem).toContainText('MLFLOW_SERVER_CORS_ALLOWED_ORIGINS');
});
