/** The ways into the page: a real drop, paste, the sample; columns and split can be changed, and the page follows. */
import { expect, test } from '@playwright/test';
import { chooseDataset, dropFiles, openPage } from './person.ts';
import { toyDataset } from './toy-model.ts';

test('a file that is dropped is opened, and Train waits for nothing', async ({ page }) => {
  await openPage(page);
  await dropFiles(page, [toyDataset(120)]);
  const data = page.getByRole('region', { name: 'Data' });
  await expect(data).toContainText('toy.csv');
  await expect(data.getByRole('list', { name: 'Classes' }).getByRole('listitem')).toHaveText([/negative\s*60/, /positive\s*60/]);
  await expect(data).toContainText('96 to train on · 24 to validate with');
  await expect(page.getByRole('table', { name: 'Preview' }).getByRole('row')).toHaveCount(11);
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeEnabled();
});

test('a dropped file replaces the data on the workbench', async ({ page }) => {
  await openPage(page);
  await chooseDataset(page, toyDataset(120));
  await expect(page.getByRole('region', { name: 'Data' })).toContainText('120 rows');
  await dropFiles(page, [{ ...toyDataset(200), name: 'next.csv' }]);
  await expect(page.getByRole('region', { name: 'Data' })).toContainText('next.csv');
});

test('a pasted table is opened', async ({ page }) => {
  await openPage(page);
  await page.getByRole('button', { name: 'paste', exact: true }).click();
  await page.getByRole('textbox', { name: 'Table' }).fill(toyDataset(80).buffer.toString('utf8').replaceAll(',', '\t'));
  await page.getByRole('button', { name: 'Use this table' }).click();
  await expect(page.getByRole('region', { name: 'Data' })).toContainText('80 rows · TSV · UTF-8 · tab');
});

test('the sample is 3,000 rows of two classes, with its source named', async ({ page }) => {
  await openPage(page);
  await page.getByRole('button', { name: 'Use the sample' }).click();
  const data = page.getByRole('region', { name: 'Data' });
  await expect(data).toContainText('3,000 rows');
  await expect(data.getByRole('list', { name: 'Classes' }).getByRole('listitem')).toHaveText([
    /negative\s*1,500/,
    /positive\s*1,500/,
  ]);
  await expect(data).toContainText('Sentiment Labelled Sentences');
  await expect(data).toContainText('CC BY 4.0');
});

test('columns are guessed and can be changed; a choice that cannot be used is said and undone', async ({ page }) => {
  await openPage(page);
  const rows = Array.from(
    { length: 90 },
    (_, i) => `${i + 1},${['red', 'green', 'blue'][i % 3]},a sentence about thing number ${i % 30},${i % 2 ? 'yes' : 'no'}`,
  );
  const text = `id,colour,message,answer\n${rows.join('\n')}\n`;
  await chooseDataset(page, { name: 'four.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  const classes = page.getByRole('list', { name: 'Classes' }).getByRole('listitem');
  await expect(page.getByLabel('Text column').locator('option:checked')).toHaveText('message');
  await page.getByLabel('Label column').selectOption({ label: 'colour' });
  await expect(classes).toHaveCount(3);
  await page.getByLabel('Label column').selectOption({ label: 'answer' });
  await expect(classes).toHaveText([/no\s*45/, /yes\s*45/]);
  await page.getByLabel('Label column').selectOption({ label: 'id' });
  await expect(page.getByRole('alert').filter({ hasText: 'id' }).first()).toBeVisible();
  await expect(page.getByLabel('Label column').locator('option:checked')).toHaveText('answer');
});

test('the split is seeded: the same seed gives the same rows', async ({ page }) => {
  await openPage(page);
  await chooseDataset(page, toyDataset(120));
  const preview = page.getByRole('table', { name: 'Preview' });
  await expect(preview).toBeVisible();
  const first = await preview.textContent();
  await page.getByText('96 to train on').click();
  const seed = page.getByLabel('Split seed');
  await seed.fill('7');
  await seed.press('Enter');
  await expect.poll(() => preview.textContent()).not.toBe(first);
  await seed.fill('42');
  await seed.press('Enter');
  await expect.poll(() => preview.textContent()).toBe(first);
});
