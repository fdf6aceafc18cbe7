/** The GPU's process dies while a model trains: the person is told in words, data and settings are still there, and training goes on to work. */
import { expect, test } from '@playwright/test';
import { chooseDataset, openModelFiles, openPage } from './person.ts';
import { toyDataset, toyModelFiles } from './toy-model.ts';

test('a lost device is told, and the page can train again', async ({ page, browser }) => {
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

  const devtools = await browser.newBrowserCDPSession();
  await devtools.send('Browser.crashGpuProcess');
  const alert = page.getByRole('alert').filter({ hasText: /lost/ });
  await expect(alert).toContainText('Expected the graphics device to stay, found it was lost', { timeout: 60_000 });
  await expect(alert).toContainText('Your data and settings are kept');

  // Everything that was chosen is still there; the CPU serves where no GPU comes back.
  await expect(train).toBeEnabled({ timeout: 60_000 });
  await expect(page.getByLabel('Batch size')).toHaveValue('8');
  await page.getByLabel('Compute', { exact: true }).selectOption({ label: 'CPU' });
  await page.getByLabel('Epochs').fill('1');
  await train.click();
  await expect(page.getByLabel('Validation accuracy')).toHaveText(/\d/, { timeout: 60_000 });
});
