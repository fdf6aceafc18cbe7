/** The GPU's process dies while a model trains: the person is told in words, data and settings are still there, and training goes on to work. */
import { expect, test } from '@playwright/test';
import { chooseDataset, openModelFiles, openPage } from './person.ts';
import { toyDataset, toyModelFiles } from './toy-model.ts';

test('a lost device is told, and the page can train again', async ({ page, context }) => {
  test.setTimeout(300_000);
  await openPage(page);
  await chooseDataset(page, toyDataset(240));
  await openModelFiles(page, toyModelFiles());
  await page.getByLabel('Compute').selectOption({ label: 'WebGPU' });
  await page.getByLabel('Epochs').fill('500');
  await page.getByLabel('Batch size').fill('8');
  const train = page.getByRole('button', { name: 'Train', exact: true });
  await train.click();
  await expect(page.getByLabel('Training loss')).toHaveText(/\d/, { timeout: 200_000 });

  const crasher = await context.newPage();
  // The browser ends its GPU process and starts another; the address itself never loads.
  await crasher.goto('chrome://gpucrash').catch(() => undefined);
  await crasher.close();
  const alert = page.getByRole('alert').filter({ hasText: /lost/ });
  await expect(alert).toContainText('the graphics device', { timeout: 60_000 });

  // Everything that was chosen is still there; the CPU serves where no GPU comes back.
  await expect(train).toBeEnabled({ timeout: 60_000 });
  await expect(page.getByLabel('Batch size')).toHaveValue('8');
  await page.getByLabel('Compute').selectOption({ label: 'CPU' });
  await page.getByLabel('Epochs').fill('1');
  await train.click();
  await expect(page.getByLabel('Validation accuracy')).toHaveText(/\d/, { timeout: 60_000 });
});
