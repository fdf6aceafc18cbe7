/** The data outlives the page: a reload brings back what was opened, with its columns, mends and split; or the page says why not. */
import { expect, test, type Page } from '@playwright/test';
import { chooseDataset, openPage } from './person.ts';
import { toyDataset } from './toy-model.ts';

const data = (page: Page) => page.getByRole('region', { name: 'Data' });
const kept = (page: Page) => data(page).getByText('Kept on this machine');

/** Windows-1252, two columns that may be the label, and the same row twice. */
function latinFile() {
  const [header = '', ...rows] = toyDataset(80).buffer.toString('utf8').trim().split('\n');
  const lines = [
    `${header},topic`,
    ...[...rows, rows[0] ?? ''].map((row, i) => `café ${row},${['news', 'sport', 'art'][i % 3]}`),
  ];
  return { name: 'latin.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n'), 'latin1') };
}

async function fingerprint(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Open the doctor' }).click();
  const words = await page.getByText('Fingerprint of the data as it is used:').textContent();
  await page.keyboard.press('Escape');
  return words?.split(': ')[1] ?? '';
}

test('a reload brings back the data with columns, mends, split and reading; another tab has it too; removed, it is gone', async ({
  page,
  context,
}) => {
  await openPage(page);
  await chooseDataset(page, latinFile());
  await expect(kept(page)).toBeVisible();
  await data(page).getByLabel('Label column').selectOption('topic');
  await expect(data(page).getByRole('list', { name: 'Classes' })).toContainText('sport');
  await page.getByRole('button', { name: 'Open the doctor' }).click();
  await page.getByRole('dialog').getByLabel('Test share').selectOption('20 %');
  await page.getByRole('textbox', { name: 'Name of art' }).fill('arts');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('list', { name: 'Mends' }).getByRole('listitem')).toHaveCount(1);
  await page.keyboard.press('Escape');
  const before = await fingerprint(page);
  expect(before).toMatch(/^[0-9a-f]{16}$/);
  await expect(kept(page)).toBeVisible();

  await page.reload();
  await expect(data(page)).toContainText('latin.csv');
  await expect(data(page)).toContainText('Windows-1252');
  await expect(data(page).getByLabel('Label column')).toHaveValue('2');
  await expect(data(page)).toContainText('1 mend');
  expect(await fingerprint(page)).toBe(before);

  // The bytes are there, not only what was made of them: another reading, and it is remembered as well.
  await data(page).getByText('How it was read').click();
  await data(page).getByLabel('Encoding').selectOption('iso-8859-5');
  await expect(data(page)).toContainText('ISO 8859-5');
  await expect(kept(page)).toBeVisible();
  const reread = await fingerprint(page);
  expect(reread).not.toBe(before);
  await page.reload();
  await expect(data(page)).toContainText('ISO 8859-5');
  expect(await fingerprint(page)).toBe(reread);

  const other = await context.newPage();
  await other.goto('/');
  await expect(data(other)).toContainText('latin.csv');
  await expect(kept(other)).toBeVisible();
  await expect(kept(page)).toBeVisible();
  await other.close();

  await data(page).getByRole('button', { name: 'Remove from this machine' }).click();
  await expect(data(page)).toContainText('In memory only');
  await data(page).getByLabel('Label column').selectOption('topic');
  await expect(data(page)).toContainText('In memory only');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Teach a model to sort your texts' })).toBeVisible();
});

test('a full disk: the page goes on in memory, says so, and keeps the data once there is room', async ({ page }) => {
  await openPage(page);
  const devtools = await page.context().newCDPSession(page);
  const origin = new URL(page.url()).origin;
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  await chooseDataset(page, toyDataset(120));
  await expect(data(page)).toContainText(/In memory only.*disk/);
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeEnabled();
  await devtools.send('Storage.overrideQuotaForOrigin', { origin });
  await data(page).getByRole('button', { name: 'Keep on this machine' }).click();
  await expect(kept(page)).toBeVisible();
});
