/** A person lets LoRA learn and takes the adapter away, or the whole model, which opens here again. */
import { expect, test } from '@playwright/test';
import { chooseDataset, openModelFiles, openPage } from './person.ts';
import { toyDataset, toyModelFiles } from './toy-model.ts';

test('LoRA learns, and leaves as an adapter or as the whole model', async ({ page }) => {
  await openPage(page);
  await openModelFiles(page, toyModelFiles());
  await expect(page.getByRole('region', { name: 'Model' })).toContainText('2 layers');
  await chooseDataset(page, toyDataset(240));
  await expect(page.getByRole('region', { name: 'Data' })).toContainText('toy.csv');
  await page.getByLabel('What learns').first().selectOption({ label: 'LoRA' });
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByText(/\d % of [\d,]+ parameters learn: LoRA of rank 8 beside query and value/).first()).toBeVisible();

  const exporting = page.getByRole('region', { name: 'Export' });
  const form = exporting.getByRole('radiogroup', { name: 'What to download' });
  await expect(form.getByRole('radio', { name: 'Whole model' })).toBeChecked();
  await form.getByRole('radio', { name: 'LoRA adapter' }).check();
  await expect(exporting).toContainText('adapter_model.safetensors');
  await expect(page.getByText('Finished').first()).toBeVisible();
  const downloading = page.waitForEvent('download');
  await exporting.getByRole('button', { name: 'Download model' }).click();
  const adapter = await downloading;
  expect(adapter.suggestedFilename()).toMatch(/-lora\.zip$/);

  await openModelFiles(page, await adapter.path());
  await expect(page.getByRole('alert').filter({ hasText: 'a LoRA adapter without its base model' })).toBeVisible();
});
