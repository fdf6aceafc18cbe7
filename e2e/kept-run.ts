/** What the tests of kept runs have in common: a toy run by a link, its whole curve, and going on with it. */
import { readFile } from 'node:fs/promises';
import { expect, type Page } from '@playwright/test';
import { chooseDataset, openModelFiles } from './person.ts';
import { toyDataset, toyModelFiles } from './toy-model.ts';

export interface Workload {
  readonly rows: number;
  readonly link: string;
  readonly starter?: true;
}

export const train = (page: Page) => page.getByRole('button', { name: 'Train', exact: true });
export const card = (page: Page) => page.getByRole('region', { name: 'Unfinished run' });

export async function prepare(page: Page, { rows, link, starter }: Workload): Promise<void> {
  await page.goto(`/${link}`);
  if (!starter) {
    await openModelFiles(page, toyModelFiles());
    await expect(page.getByRole('region', { name: 'Model' })).toContainText('2 layers');
  }
  await chooseDataset(page, toyDataset(rows));
  await expect(page.getByRole('region', { name: 'Data' })).toContainText('toy.csv');
  await expect(page.getByRole('region', { name: 'Data' })).toContainText('kept on this machine', { timeout: 30_000 });
}

/** step, epoch, loss, learning rate and norm of every step, as the page has them. */
export async function curve(page: Page): Promise<string[]> {
  await expect(page.getByRole('contentinfo')).toContainText('Finished', { timeout: 150_000 });
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Loss as CSV' }).click();
  const text = await readFile(await (await downloading).path(), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(',').slice(0, 5).join(','));
}

/** The run is there after the page is gone, and goes on when that is asked for. */
export async function goOn(page: Page): Promise<void> {
  await expect(card(page)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('region', { name: 'Data' })).toContainText('toy.csv', { timeout: 30_000 });
  await card(page)
    .getByRole('button', { name: /^(Continue|Begin again)$/ })
    .click();
}
