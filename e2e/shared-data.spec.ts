/** Real files in the folder TABTUNE_DATA: each is opened, and Train waits for nothing. One action a file, no click. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { chooseDataset, openPage } from './person.ts';

const FOLDER = process.env.TABTUNE_DATA ?? '';
const FILES = existsSync(FOLDER)
  ? readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter(
      (path) => statSync(join(FOLDER, path)).isFile() && !/\.md$|licen[cs]e/i.test(path),
    )
  : [];

test('any file of the shared data is at Train at once', async ({ page }) => {
  test.skip(FILES.length === 0, 'TABTUNE_DATA names no folder of files');
  test.setTimeout(60_000 + FILES.length * 60_000);
  await openPage(page);
  const train = page.getByRole('button', { name: 'Train', exact: true });
  for (const path of FILES) {
    await test.step(path, async () => {
      await chooseDataset(page, join(FOLDER, path));
      const data = page.getByRole('region', { name: 'Data' });
      await expect(data).toContainText(path.split('/').at(-1), { timeout: 60_000 });
      await expect(data.getByText(/^Reading/)).toHaveCount(0, { timeout: 60_000 });
      await expect(page.getByRole('alert').filter({ hasText: 'expected' })).toHaveCount(0);
      await expect(train).toBeEnabled({ timeout: 60_000 });
    });
  }
});
