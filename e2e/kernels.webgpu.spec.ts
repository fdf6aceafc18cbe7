/** The kernels panel on WebGPU (SwiftShader, a software adapter): times by the GPU's own clock, or words where it has none. */
import { expect, test } from '@playwright/test';
import { openModelFiles, openPage } from './person.ts';
import { toyModelFiles } from './toy-model.ts';

test('lists the kernels of a step on the GPU', async ({ page }) => {
  test.setTimeout(300_000);
  await openPage(page);
  await page.getByLabel('Compute').selectOption({ label: 'WebGPU' });
  await openModelFiles(page, toyModelFiles());
  await expect(page.getByRole('region', { name: 'Model' })).toContainText('2 layers', { timeout: 60_000 });
  await page.getByRole('button', { name: 'Kernels' }).click();
  const panel = page.getByRole('dialog', { name: 'Kernels' });
  await panel.getByRole('button', { name: 'Measure', exact: true }).click();
  const table = panel.getByRole('table', { name: 'Kernels of a step' });
  await expect(table.getByRole('rowheader', { name: /^linear dW/ }).first()).toBeVisible({ timeout: 240_000 });
  await expect(table.getByRole('rowheader', { name: /^attention dQ/ })).toBeVisible();
  const times = await table.locator('tfoot td').nth(1).textContent();
  const withoutClock = await panel.getByRole('note').count();
  // Either the table has times, or the panel says why it has none.
  expect(withoutClock === 0 ? Number(times?.replaceAll(',', '')) > 0 : times === '—').toBe(true);
});
