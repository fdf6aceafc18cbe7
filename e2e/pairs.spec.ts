/** Pairs of texts: found by their columns' names, trained on, tried with two boxes, exported and opened again as pairs. */
import { expect, test, type Page } from '@playwright/test';
import { chooseDataset, openModelFiles, openPage, predictions } from './person.ts';
import { toyModelFiles, toyPairs } from './toy-model.ts';

/** The first probability with all its digits: one epoch of a toy may not move the percent. */
function exactly(page: Page): Promise<string | null> {
  return predictions(page)
    .first()
    .getByTitle(/^0\.\d+$/)
    .getAttribute('title');
}

test('pairs are found, trained on, tried and opened again', async ({ page }, { outputDir }) => {
  await openPage(page);
  await chooseDataset(page, toyPairs(200));
  const chosen = (name: string) => page.getByLabel(name, { exact: true }).locator('option:checked');
  await expect(chosen('Text column')).toHaveText('sentence1');
  await expect(chosen('Second text')).toHaveText('sentence2');
  await expect(chosen('Label column')).toHaveText('quality');
  await expect(page.getByRole('table', { name: 'Preview' }).getByRole('columnheader')).toContainText(['sentence1', 'sentence2']);
  const second = page.getByRole('textbox', { name: 'Second text of the pair' });
  await expect(second).toBeVisible();

  await page.getByLabel('Second text', { exact: true }).selectOption({ label: 'none' });
  await expect(second).toHaveCount(0);
  await page.getByLabel('Second text', { exact: true }).selectOption({ label: 'sentence2' });
  await expect(second).toBeVisible();

  await openModelFiles(page, toyModelFiles());
  await page.getByLabel('Epochs').fill('1');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByLabel('Macro F1', { exact: true }).first()).toHaveText(/\d/);
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeEnabled();
  await page.getByLabel('Text to classify').fill('i loved it');
  await expect(predictions(page)).toHaveCount(2);
  const alone = await exactly(page);
  await second.fill('a dull waste of time');
  await expect.poll(() => exactly(page)).not.toBe(alone);
  const shown = await exactly(page);

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download model' }).click();
  const path = `${outputDir}/pairs.zip`;
  await (await download).saveAs(path);
  await page.reload();
  await openModelFiles(page, path);
  await page.getByLabel('Text to classify').fill('i loved it');
  await page.getByRole('textbox', { name: 'Second text of the pair' }).fill('a dull waste of time');
  await expect.poll(() => exactly(page)).toBe(shown);
});
