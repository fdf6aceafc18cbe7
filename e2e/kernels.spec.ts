/** The kernels panel as a person uses it, on the CPU engine; kernels.webgpu.spec.ts has the GPU's. */
import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { chooseDataset, openModelFiles, openPage } from './person.ts';
import { toyDataset, toyModelFiles } from './toy-model.ts';

test("says where a step spends its time, on made-up rows and on one's own", async ({ page }) => {
  test.setTimeout(180_000);
  await openPage(page);
  await openModelFiles(page, toyModelFiles());
  await expect(page.getByRole('region', { name: 'Model' })).toContainText('2 layers');
  await page.getByRole('button', { name: 'Kernels' }).click();
  const panel = page.getByRole('dialog', { name: 'Kernels' });
  await panel.getByRole('button', { name: 'Measure', exact: true }).click();
  const table = panel.getByRole('table', { name: 'Kernels of a step' });
  await expect(table.getByRole('rowheader', { name: 'adamw' })).toBeVisible({ timeout: 60_000 });
  await expect(panel.getByLabel('Batch', { exact: true }).last()).toContainText('tokens');
  await expect(panel.getByText('made up')).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();

  await chooseDataset(page, toyDataset(120));
  await expect(page.getByRole('region', { name: 'Data' })).toContainText('toy.csv');
  await page.getByRole('button', { name: 'Kernels' }).click();
  await panel.getByRole('button', { name: 'Measure again' }).click();
  await expect(panel.getByText('of your data', { exact: false }).last()).toBeVisible({ timeout: 60_000 });
  await expect(panel.getByText(/in 32 rows of your data/)).toBeVisible();
  const downloading = page.waitForEvent('download');
  await panel.getByRole('button', { name: 'Save as CSV' }).click();
  const csv = await readFile(await (await downloading).path(), 'utf8');
  expect(csv).toMatch(/^kernel,calls,milliseconds,flops,bytes,gflops_per_second,gbytes_per_second,of_peak\n/);
  expect(csv.trim().split('\n').length - 1).toBe((await table.locator('tbody tr').count()) - 1);
});
