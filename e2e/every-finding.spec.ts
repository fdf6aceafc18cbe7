/** Every finding of the doctor as a person sees it, with a picture of each to be looked at: TABTUNE_PICTURES=1 (or dark). */
import { expect, test } from '@playwright/test';
import type { FindingCode } from '../src/data/doctor/finding.ts';
import { PROVOKED } from './every-finding.ts';
import { chooseDataset, openPage } from './person.ts';

/** These are told in the station: there is no dataset to open the doctor on. */
const BLOCKERS: ReadonlySet<string> = new Set(['no-usable-rows', 'one-class', 'unique-labels', 'too-many-classes']);

const isCode = (code: string): code is Exclude<FindingCode, 'sampled'> => code in PROVOKED;

test('every finding is told, with its rows and remedies', async ({ page }) => {
  test.skip(!process.env.TABTUNE_PICTURES, 'pictures to look at: TABTUNE_PICTURES=1, or dark');
  test.setTimeout(400_000);
  await openPage(page);
  const dialog = page.getByRole('dialog');
  for (const code of Object.keys(PROVOKED).filter(isCode)) {
    await test.step(code, async () => {
      if (process.env.TABTUNE_PICTURES === 'dark') await page.emulateMedia({ colorScheme: 'dark' });
      await chooseDataset(page, { ...PROVOKED[code], name: `${code} ${PROVOKED[code].name}` });
      await expect(page.getByRole('region', { name: 'Data' })).toContainText(`${code} `);
      const told = page.locator(`[data-code="${code}"]`);
      const open = page.getByRole('button', { name: 'Open the doctor' });
      const blocks = BLOCKERS.has(code);
      if (!blocks) {
        await open.click();
        await expect(dialog).toContainText(`Doctor: ${code}`);
        // A column with other words is not guessed.
        if (code === 'split-values') await dialog.getByLabel('Split column').selectOption('split');
      }
      await expect(told.first()).toBeVisible();
      const rows = told.first().getByText('Show rows');
      if ((await rows.count()) > 0) await rows.click();
      await told.first().screenshot({ path: `test-results/findings/${code}.png` });
      await page.screenshot({ path: `test-results/findings/whole-${code}.png` });
      if (!blocks) await page.keyboard.press('Escape');
      await expect(dialog).toBeHidden();
    });
  }
});
