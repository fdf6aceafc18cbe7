/** The same path on WebGPU (SwiftShader, a software adapter) with a toy model made by the test. */
import { expect, test } from '@playwright/test';
import { chooseDataset, classify, figure, openModelFiles, openPage } from './person.ts';
import { toyDataset, toyModelFiles } from './toy-model.ts';

test('train, try, download and import on WebGPU', async ({ page }) => {
  test.setTimeout(300_000);
  await openPage(page);
  await chooseDataset(page, toyDataset(240));
  await openModelFiles(page, toyModelFiles());
  await page.getByLabel('Compute').selectOption({ label: 'WebGPU' });
  await page.getByLabel('Epochs').fill('4');
  await page.getByLabel('Learning rate').fill('0.005');
  await page.getByLabel('Batch size').fill('8');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeEnabled({ timeout: 240_000 });
  expect(await figure(page, 'Validation accuracy')).toBeGreaterThan(0.9);
  const before = [
    await classify(page, 'i loved every minute', /^positive/),
    await classify(page, 'a dull waste of time', /^negative/),
  ];

  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Download model/ }).click();
  const zipPath = await (await downloading).path();
  await page.reload();
  await page.getByLabel('Compute').selectOption({ label: 'WebGPU' });
  await openModelFiles(page, zipPath);
  const after = [
    await classify(page, 'i loved every minute', /^positive/),
    await classify(page, 'a dull waste of time', /^negative/),
  ];
  expect(after).toEqual(before);
});
