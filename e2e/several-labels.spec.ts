/** Several labels a text: chosen, trained on, measured, tried, taken away, and opened again as such. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { unzipSync } from 'fflate';
import { chooseDataset, figure, openModelFiles, openPage, predictions } from './person.ts';
import { toyModelFiles, toySeveralLabels } from './toy-model.ts';

/** What the toy has to answer, best first or not. */
const SAID: readonly (readonly [text: string, labels: readonly string[]])[] = [
  ['superb the dull', ['bad', 'good']],
  ['superb the time', ['good']],
  ['my the time', []],
];

test('several labels a text, from the file to the model and back', async ({ page }) => {
  await openPage(page);
  await openModelFiles(page, toyModelFiles());
  await expect(page.getByRole('region', { name: 'Model' })).toContainText('2 layers');
  await chooseDataset(page, toySeveralLabels(240));
  const data = page.getByRole('region', { name: 'Data' });
  await page.getByLabel('Labels', { exact: true }).selectOption({ label: 'several, separated by ;' });
  await expect(data).not.toContainText('good;bad');
  await expect(data).toContainText('240 rows');

  await page.getByLabel('Epochs').fill('6');
  await page.getByLabel('Learning rate').fill('5e-3');
  await page.getByLabel('Batch size').fill('8');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByText('Finished', { exact: true })).toBeVisible({ timeout: 60_000 });
  expect(await figure(page, 'Validation accuracy')).toBeGreaterThan(0.9);
  const training = page.getByRole('region', { name: 'Training' });
  await expect(training).toContainText('all labels of a text right');
  for (const measure of ['Micro F1', 'Samples F1', 'Hamming loss']) await expect(training).toContainText(measure);
  await expect(training.getByRole('group', { name: 'Confusion matrix' })).toHaveCount(0);
  await expect(training).not.toContainText('MCC');

  /** The labels that are marked, and all that the list says. */
  const ask = async (text: string): Promise<{ predicted: string[]; all: string[] }> => {
    const box = page.getByLabel('Text to classify');
    await box.fill('');
    await expect(predictions(page)).toHaveCount(0);
    await box.fill(text);
    await expect(predictions(page)).toHaveCount(2);
    const all = await predictions(page).evaluateAll((items) => items.map((item) => item.getAttribute('aria-label') ?? ''));
    const predicted = all.filter((words) => words.endsWith(', predicted')).map((words) => words.split(' ')[0] ?? '');
    return { predicted: predicted.sort(), all };
  };
  const before: string[][] = [];
  for (const [text, labels] of SAID) {
    const { predicted, all } = await ask(text);
    expect(predicted, text).toEqual(labels);
    before.push(all);
  }

  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Download model/ }).click();
  const path = await (await downloading).path();
  const entries = unzipSync(await readFile(path));
  const text = (name: string): string => new TextDecoder().decode(entries[name]);
  expect(JSON.parse(text('config.json'))).toMatchObject({
    problem_type: 'multi_label_classification',
    id2label: { 0: 'bad', 1: 'good' },
  });
  expect(text('README.md')).toMatch(/192 rows to train on, 48 rows to validate[^]*all labels of a row right[^]*from 0\.5 on/);

  await page.reload();
  await openModelFiles(page, path);
  const after: string[][] = [];
  for (const [sentence] of SAID) after.push((await ask(sentence)).all);
  expect(after).toEqual(before);
});
