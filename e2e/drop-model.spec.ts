/** A model that is dropped on the page: the files of its folder together, or a zip of it. */
import { expect, test } from '@playwright/test';
import { zipSync } from 'fflate';
import { chooseDataset, dropFiles, openPage } from './person.ts';
import { toyDataset, toyModelFiles } from './toy-model.ts';

test('a dropped model is opened beside the data, from its files or from a zip', async ({ page }) => {
  const model = page.getByRole('region', { name: 'Model', exact: true });
  await openPage(page);
  await chooseDataset(page, toyDataset(120));
  await expect(model).toContainText('Starter');
  await dropFiles(page, toyModelFiles());
  await expect(model).toContainText('2 layers');
  await expect(model).toContainText('no classifier: a new one is initialised at training');
  await expect(page.getByRole('region', { name: 'Data', exact: true })).toContainText('toy.csv');

  const entries = Object.fromEntries(toyModelFiles().map(({ name, buffer }) => [`my-bert/${name}`, new Uint8Array(buffer)]));
  await dropFiles(page, [{ name: 'my-bert.zip', mimeType: 'application/zip', buffer: Buffer.from(zipSync(entries)) }]);
  await expect(model).toContainText('my-bert');
  await expect(model).toContainText('2 layers');
});
