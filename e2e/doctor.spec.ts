/** The doctor on a file with nearly every trouble: found, mended, taken back and trained on, by keyboard alone. */
import { expect, test, type Page } from '@playwright/test';
import { chooseDataset, figure, openPage } from './person.ts';
import { toyDataset, type FileContent } from './toy-model.ts';

/** Toy rows, then trouble of each kind. */
function nastyFile(): FileContent {
  const good = toyDataset(160).buffer.toString('utf8').split('\n');
  const first = good[1] ?? '';
  const extra = [
    first,
    first,
    first.toUpperCase().replace(',POSITIVE', '!,positive'),
    'a text about which two people disagree,positive',
    'a text about which two people disagree,negative',
    'the label was typed in another way,Positive',
    'and here with a typo,negatve',
    'nobody has judged this one,None',
    'the only row of its class,rare',
    ',positive',
    'a text without a label,',
    'a row that does not fit',
    ...Array.from({ length: 12 }, (_, i) => `a very long text ${'that goes on and on and never ends '.repeat(14)} ${i},positive`),
    ...Array.from(
      { length: 14 },
      (_, i) =>
        `Das Wetter in der alten Stadt war recht angenehm und wir gingen mit Freunden am Fluss entlang ${i * 37},negative`,
    ),
    ...Array.from(
      { length: 24 },
      (_, i) =>
        `The weather in the old town was rather pleasant and we walked along the river with our friends ${i * 41},positive`,
    ),
  ];
  return { name: 'nasty.csv', mimeType: 'text/csv', buffer: Buffer.from([...good, ...extra].join('\n')) };
}

const findings = (page: Page) => page.getByRole('list', { name: 'Findings' }).getByRole('listitem');
const mends = (page: Page) => page.getByRole('list', { name: 'Mends' }).getByRole('listitem');

async function openDoctor(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Open the doctor' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Doctor: nasty.csv' })).toBeVisible();
}

test('a nasty file is mended and trained on with the keyboard', async ({ page }) => {
  await openPage(page);
  await chooseDataset(page, nastyFile());
  const data = page.getByRole('region', { name: 'Data' });
  await expect(data).toContainText(/\d+ findings, \d+ to look at/);
  await openDoctor(page);
  const dialog = page.getByRole('dialog');
  for (const title of [
    'Rows that do not fit',
    'Rows without a text',
    'Rows without a label',
    'Same text, several labels',
    'Labels written in several ways',
    'Labels that may mean none',
    'Classes of one row',
    'Exact duplicates',
    'Near-duplicates',
    'Several languages',
    'Texts longer than max_length',
  ])
    await expect(findings(page).filter({ hasText: title })).toHaveCount(1);
  await expect(dialog.getByRole('img', { name: /^Lengths of the texts: median/ })).toBeVisible();
  await expect(dialog.getByRole('table', { name: 'Baselines' })).toBeVisible();

  const steps: [string, RegExp][] = [
    ['Keep the first of each', /Dropped 2 exact duplicates/],
    ['Drop these classes', /Dropped the classes/],
    ['Merge "Positive" into "positive"', /Label "positive" in place of "Positive"/],
  ];
  for (const [index, [button, words]] of steps.entries()) {
    const card = index === 0 ? findings(page).filter({ hasText: 'Exact duplicates' }) : dialog;
    await card.getByRole('button', { name: button }).focus();
    await page.keyboard.press('Enter');
    await expect(mends(page)).toHaveCount(index + 1);
    await expect(mends(page).nth(index)).toContainText(words);
    await expect(dialog.getByRole('status')).toContainText(words);
    await expect(dialog.getByRole('status')).toBeFocused();
  }
  await expect(findings(page).filter({ hasText: 'Exact duplicates' })).toHaveCount(0);

  // The last one with Ctrl+Z, the first one by its button: the finding is back, the other mend stays.
  await page.keyboard.press('Control+z');
  await expect(mends(page)).toHaveCount(2);
  await dialog.getByRole('button', { name: /^Undo: Dropped 2 exact/ }).focus();
  await page.keyboard.press('Enter');
  await expect(mends(page)).toHaveCount(1);
  await expect(findings(page).filter({ hasText: 'Exact duplicates' })).toHaveCount(1);

  await dialog.getByRole('textbox', { name: 'Name of negatve' }).fill('nothing');
  await page.keyboard.press('Enter');
  await expect(mends(page)).toHaveCount(2);
  await dialog.getByLabel('Test share').selectOption('20 %');
  await expect(dialog).toContainText(/to test with/);

  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(data).toContainText('2 mends');
  await page.getByLabel('Epochs').fill('1');
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => figure(page, 'Test accuracy'), { timeout: 100_000 }).toBeGreaterThan(0);
  await expect(page.getByRole('region', { name: 'Training' })).toContainText(/Baseline 0\.\d+/);
});

test('a mend that leaves one class is refused, with the reason, and nothing changes', async ({ page }) => {
  await openPage(page);
  const rows = Array.from({ length: 80 }, (_, i) => `thing number ${i} of ${i * 7},${i % 4 ? 'yes' : 'NA'}`);
  await chooseDataset(page, { name: 'nasty.csv', mimeType: 'text/csv', buffer: Buffer.from(`text,label\n${rows.join('\n')}`) });
  await openDoctor(page);
  await page.getByRole('button', { name: 'Drop these rows' }).click();
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText(/expected labels of at least two classes/i);
  await expect(mends(page)).toHaveCount(0);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`the doctor looks right, wide and narrow, ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await openPage(page);
    await chooseDataset(page, nastyFile());
    await expect(page.getByRole('button', { name: 'Open the doctor' })).toBeVisible();
    await page.screenshot({ path: `test-results/doctor/station-${scheme}.png` });
    await openDoctor(page);
    await expect(page.getByRole('table', { name: 'Baselines' })).toBeVisible();
    await page.getByRole('button', { name: 'Merge "negatve" into "negative"' }).click();
    await expect(mends(page)).toHaveCount(1);
    await page.screenshot({ path: `test-results/doctor/wide-${scheme}.png` });
    for (const [name, width] of [
      ['tall', 1440],
      ['narrow', 390],
    ] as const) {
      await page.setViewportSize({ width, height: name === 'tall' ? 3000 : 844 });
      await page.screenshot({ path: `test-results/doctor/${name}-${scheme}.png` });
      const overflow = await page.evaluate(() => {
        const body = document.querySelector('[role="dialog"]');
        return body ? body.scrollWidth - body.clientWidth : NaN;
      });
      expect(overflow).toBeLessThanOrEqual(1);
    }
  });
}
