/** Runs are kept and compared: two of them with different settings, reloaded, renamed, deleted, brought back, trained further, taken away. */
import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { chooseDataset, figure, openModelFiles, openPage } from './person.ts';
import { toyDataset, toyModelFiles } from './toy-model.ts';

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

const runs = (page: Page) => page.getByRole('table', { name: 'Runs' }).locator('tbody').getByRole('row');

async function train(page: Page, learningRate: string, epochs: string): Promise<void> {
  await page.getByLabel('Learning rate').first().fill(learningRate);
  await page.getByLabel('Epochs').fill(epochs);
  await page.getByLabel('Batch size').fill('8');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByText('Finished', { exact: true })).toBeHidden();
  await expect(page.getByText('Finished', { exact: true })).toBeVisible({ timeout: 120_000 });
}

async function act(page: Page, run: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions of ${run}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

test('two runs are kept, found again, compared, renamed, deleted and brought back', async ({ page }) => {
  test.setTimeout(300_000);
  await openPage(page);
  await page.keyboard.press('r');
  await expect(page.getByRole('heading', { name: 'No run yet' })).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press('Escape');

  await openModelFiles(page, toyModelFiles());
  await expect(page.getByRole('region', { name: 'Model' })).toContainText('2 layers');
  await chooseDataset(page, toyDataset(400));
  await train(page, '1e-6', '1');
  await train(page, '2e-3', '4');
  const macroF1 = await figure(page, 'Macro F1');

  await page.keyboard.press('r');
  await expect(runs(page).filter({ hasText: 'Finished' })).toHaveCount(2);
  await page.reload();
  await page.getByRole('button', { name: /^Runs/ }).click();
  await expect(runs(page)).toHaveCount(2);
  await expect(runs(page).first()).toContainText('toy on Model folder · 2');
  await expect(runs(page).first()).toContainText(macroF1.toFixed(3));
  expect(await findings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Macro F1', exact: true }).click();
  await expect(page.getByRole('columnheader', { name: /Macro F1/ })).toHaveAttribute('aria-sort', 'descending');
  await page.getByLabel('Search runs').fill('nowhere');
  await expect(runs(page)).toHaveCount(0);
  await page.getByLabel('Search runs').fill('');

  await act(page, 'toy on Model folder · 1', 'Name and note');
  const dialog = page.getByRole('dialog', { name: 'Name and note' });
  await dialog.getByLabel('Name of the run').fill('too careful');
  await dialog.getByLabel('Note').fill('hardly moved');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('row', { name: /too careful/ })).toContainText('hardly moved');

  await page.getByLabel('Choose toy on Model folder · 2').check();
  await page.getByLabel('Choose too careful').check();
  await page.getByRole('button', { name: 'Compare 2 runs' }).click();
  const differences = page.getByRole('table', { name: 'Differences' });
  await page.getByLabel('Compared with').selectOption({ label: 'Compared with too careful' });
  await expect(differences.getByRole('row', { name: /Model folder · 2/ })).toContainText(/better.*on the same \d+ rows/);
  await expect(page.getByRole('img', { name: /^Training loss of 2 runs over/ })).toBeVisible();
  const settings = page.getByRole('table', { name: 'Settings that differ' });
  await expect(settings.getByRole('row')).toHaveText([/^Setting/, /num_train_epochs41/, /learning_rate0\.0021e-6/]);
  expect(await findings(page)).toEqual([]);

  await page.keyboard.press('Escape');
  await act(page, 'too careful', 'Delete');
  await expect(runs(page)).toHaveCount(1);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(runs(page)).toHaveCount(2);
  await act(page, 'too careful', 'Delete');
  await expect(runs(page)).toHaveCount(1);
  // What was deleted stays deleted, and its files go.
  await page.reload();
  await page.getByRole('button', { name: /^Runs/ }).click();
  await expect(runs(page)).toHaveCount(1);
  const kept = () =>
    page.evaluate(async () => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('runs');
      const names = [];
      for await (const name of folder.keys()) names.push(name);
      return names.length;
    });
  await expect.poll(kept, { timeout: 20_000 }).toBe(1);
});

test('a kept run is looked at, taken away, and is the base of the next', async ({ page }) => {
  test.setTimeout(300_000);
  await openPage(page);
  await openModelFiles(page, toyModelFiles());
  await expect(page.getByRole('region', { name: 'Model' })).toContainText('2 layers');
  await chooseDataset(page, toyDataset(400));
  await train(page, '2e-3', '4');
  const accuracy = await figure(page, 'Validation accuracy');
  await page.keyboard.press('r');
  await page.getByRole('table', { name: 'Runs' }).getByRole('button', { name: 'toy on Model folder · 1', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'toy on Model folder · 1' })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Loss after \d+ of \d+ steps: training/ })).toBeVisible();
  await expect(page.getByRole('group', { name: 'Confusion matrix' })).toBeVisible();
  expect(await findings(page)).toEqual([]);

  const zip = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Download its model/ }).click();
  const files = unzipSync(await readFile(await (await zip).path()));
  expect(Object.keys(files).sort()).toEqual([
    'README.md',
    'config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
  ]);
  const json = page.waitForEvent('download');
  await act(page, 'toy on Model folder · 1', 'Export as JSON');
  const run = JSON.parse(await readFile(await (await json).path(), 'utf8')) as {
    settings: { learning_rate: number };
    curves: { step: number; loss: number }[];
    evaluation: { accuracy: number };
    steps: number;
  };
  expect(run.settings.learning_rate).toBe(0.002);
  expect(run.curves.map(({ step }) => step)).toEqual(Array.from({ length: run.steps }, (_, i) => i + 1));
  expect(run.evaluation.accuracy).toBeCloseTo(accuracy, 3);

  await page.getByRole('button', { name: 'Fine-tune again' }).click();
  await expect(page.getByRole('region', { name: 'Model' })).toContainText('toy on Model folder · 1');
  await train(page, '1e-6', '1');
  // It goes on from what the first run learnt: a rate that teaches nothing keeps its accuracy.
  expect(await figure(page, 'Validation accuracy')).toBeCloseTo(accuracy, 3);

  await page.keyboard.press('r');
  await expect(runs(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Free storage' }).click();
  const storage = page.getByRole('dialog', { name: 'Free storage' });
  await storage.getByRole('button', { name: /^Free \d.*: remove 1 model$/ }).click();
  await expect(page.getByRole('row').filter({ hasText: '—' })).toHaveCount(1);
});
