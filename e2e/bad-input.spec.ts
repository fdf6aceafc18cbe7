/** Bad files: each is answered with where, what was expected, what was found and what to do, and the work before stays. */
import { expect, test, type Page } from '@playwright/test';
import { chooseDataset, openModelFiles, openPage } from './person.ts';
import { toyDataset, toyModelFiles, type FileContent } from './toy-model.ts';

function csv(name: string, text: string): FileContent {
  return { name, mimeType: 'text/csv', buffer: Buffer.from(text) };
}

const rows = (count: number, row: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => row(index)).join('\n');

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154', 'hex');

const BAD_DATASETS: [string, FileContent, RegExp][] = [
  [
    'not a text file',
    { name: 'picture.csv', mimeType: 'text/csv', buffer: Buffer.concat([PNG, Buffer.alloc(300)]) },
    /text file/i,
  ],
  ['an empty file', csv('empty.csv', ''), /empty/i],
  ['a header only', csv('header.csv', 'text,label\n'), /header/i],
];

/** Tables whose columns cannot be guessed: they open, say why, and wait for the choice. */
const UNSETTLED_DATASETS: [string, FileContent, RegExp][] = [
  ['one column', csv('one.csv', `text\n${rows(60, (i) => `sentence number ${i}`)}`), /column/i],
  ['one class', csv('class.csv', `text,label\n${rows(60, (i) => `sentence number ${i},positive`)}`), /class/i],
  [
    'labels that are all unique',
    csv('unique.csv', `text,label\n${rows(60, (i) => `the same words again,ticket-${i}`)}`),
    /unique|different|distinct/i,
  ],
];

async function openGood(page: Page): Promise<void> {
  await openPage(page);
  await chooseDataset(page, toyDataset(120));
  await expect(page.getByRole('region', { name: 'Data' })).toContainText('toy.csv');
}

async function expectProblem(page: Page, words: RegExp): Promise<void> {
  const alert = page.getByRole('alert').filter({ hasText: words });
  await expect(alert.first()).toBeVisible();
  await expect(alert.first()).toContainText(/expected/i);
  await expect(alert.first()).toContainText(/found/i);
}

test.describe('bad datasets', () => {
  for (const [what, file, words] of BAD_DATASETS) {
    test(`${what} is refused, the former data stays`, async ({ page }) => {
      await openGood(page);
      await chooseDataset(page, file);
      await expectProblem(page, words);
      await expect(page.getByRole('region', { name: 'Data' })).toContainText('toy.csv');
      await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeEnabled();
    });
  }

  for (const [what, file, words] of UNSETTLED_DATASETS) {
    test(`${what} is opened and asks for the choice`, async ({ page }) => {
      await openGood(page);
      await chooseDataset(page, file);
      await expectProblem(page, words);
      await expect(page.getByRole('region', { name: 'Data' })).toContainText(file.name);
      await expect(page.getByRole('table', { name: 'Preview' })).toBeVisible();
      await expect(page.getByLabel('Delimiter')).toBeVisible();
      await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
    });
  }

  test('rows with missing fields are left out and named', async ({ page }) => {
    await openPage(page);
    const good = toyDataset(120).buffer.toString('utf8');
    await chooseDataset(page, csv('ragged.csv', `${good}\nonly a text without a label\n`));
    await expect(page.getByRole('region', { name: 'Data' })).toContainText('ragged.csv');
    await expect(page.getByRole('alert').filter({ hasText: /122/ }).first()).toBeVisible();
    await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeEnabled();
  });

  test('a 300 MB file is refused by its size, with a sample as the way out', async ({ page }) => {
    await openGood(page);
    await page.evaluate(() => {
      const input = document.querySelector<HTMLInputElement>('input[type="file"][aria-label="Dataset file"]');
      if (!input) throw new Error('no input "Dataset file"');
      const transfer = new DataTransfer();
      const block = new Uint8Array(10 << 20).fill(97);
      transfer.items.add(
        new File(
          Array.from({ length: 30 }, () => block),
          'huge.csv',
          { type: 'text/csv' },
        ),
      );
      input.files = transfer.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await expectProblem(page, /huge\.csv/);
    await expect(page.getByRole('button', { name: 'Take a sample of 100,000 rows' })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Data' })).toContainText('toy.csv');
  });
});

const BAD_MODELS: [string, FileContent[], RegExp][] = [
  [
    'a missing tensor',
    toyModelFiles((shapes) => shapes.filter(([name]) => name !== 'encoder.layer.1.output.dense.weight')),
    /encoder\.layer\.1\.output\.dense\.weight/,
  ],
  [
    'a wrong shape',
    toyModelFiles((shapes) =>
      shapes.map(([name, shape]) => [name, name === 'encoder.layer.0.intermediate.dense.weight' ? [47, 32] : shape]),
    ),
    /intermediate\.dense\.weight/,
  ],
  [
    'a tensor that the config has no place for',
    toyModelFiles((shapes) => [...shapes, ['encoder.layer.2.output.dense.bias', [32]]]),
    /1 tensor that the config has no place for: encoder\.layer\.2\.output\.dense\.bias/,
  ],
  [
    'a truncated safetensors file',
    toyModelFiles().map((file) =>
      file.name === 'model.safetensors' ? { ...file, buffer: file.buffer.subarray(0, 5000) } : file,
    ),
    /model\.safetensors/,
  ],
];

test.describe('broken model folders', () => {
  for (const [what, files, words] of BAD_MODELS) {
    test(`${what} is named, the model before stays`, async ({ page }) => {
      await openGood(page);
      const model = page.getByRole('region', { name: 'Model' });
      await expect(model).toContainText('Starter');
      await openModelFiles(page, files);
      await expectProblem(page, words);
      await expect(model).toContainText('Starter');
      await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeEnabled();
    });
  }
});
