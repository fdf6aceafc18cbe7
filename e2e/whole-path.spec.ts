/** The whole product as a person uses it, on the CPU engine with the starter model. */
import { readFile } from 'node:fs/promises';
import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { unzipSync } from 'fflate';
import {
  chooseDataset,
  classify,
  figure,
  openModelFiles,
  openPage,
  predictions,
  SAMPLE_PATH,
  stepsDrawn,
  watchRequests,
} from './person.ts';

const TEXTS = ['I loved every minute', 'a dull waste of time'] as const;

test('drop a CSV, train, watch, try, download, import: the same prediction', async ({ page }) => {
  test.setTimeout(300_000);
  const elsewhere = watchRequests(page);
  await openPage(page);
  await chooseDataset(page, SAMPLE_PATH);
  await expect(page.getByLabel('Text column').locator('option:checked')).toHaveText('text');
  await expect(page.getByLabel('Label column').locator('option:checked')).toHaveText('label');
  await page.getByLabel('Epochs').fill('1');
  await page.getByRole('button', { name: 'Train', exact: true }).click();

  // The curves gain points while it trains.
  await expect.poll(() => stepsDrawn(page), { timeout: 60_000 }).toBeGreaterThan(3);
  const early = await stepsDrawn(page);
  await expect.poll(() => stepsDrawn(page), { timeout: 60_000 }).toBeGreaterThan(early + 5);
  await expect(page.getByRole('button', { name: 'Stop', exact: true }).first()).toBeVisible();
  await expect.poll(() => figure(page, 'Validation accuracy'), { timeout: 120_000 }).toBeGreaterThan(0);

  // Predictions come while it still trains.
  await page.getByLabel('Text to classify').fill(TEXTS[0]);
  await expect(predictions(page)).toHaveCount(2);

  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeEnabled({ timeout: 240_000 });
  expect(await figure(page, 'Validation accuracy')).toBeGreaterThanOrEqual(0.87);
  expect(await figure(page, 'Macro F1')).toBeGreaterThanOrEqual(0.86);
  const before = [await classify(page, TEXTS[0], /^positive/), await classify(page, TEXTS[1], /^negative/)];

  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Download model/ }).click();
  const zipPath = await (await downloading).path();
  const entries = unzipSync(await readFile(zipPath));
  expect(Object.keys(entries).sort()).toEqual(
    expect.arrayContaining(['README.md', 'config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json']),
  );
  const config = JSON.parse(new TextDecoder().decode(entries['config.json'])) as Record<string, unknown>;
  expect(config).toMatchObject({ id2label: { 0: 'negative', 1: 'positive' }, label2id: { negative: 0, positive: 1 } });

  // Left for `npm run test:oracles`: what transformers makes of the same zip.
  await mkdir('test-results/exported', { recursive: true });
  await writeFile('test-results/exported/model.zip', await readFile(zipPath));

  // A new visit: import answers the same, to the last digit that the page knows.
  await page.reload();
  await openModelFiles(page, zipPath);
  const after = [await classify(page, TEXTS[0], /^positive/), await classify(page, TEXTS[1], /^negative/)];
  expect(after).toEqual(before);
  expect(elsewhere).toEqual([]);
});
