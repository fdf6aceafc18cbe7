/** The page never blocks: no task over 50 ms on the main thread while a 100,000-row CSV loads and trains. */
import { writeFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { chooseDataset, openModelFiles, openPage, stepsDrawn } from './person.ts';
import { toyDataset, toyModelFiles } from './toy-model.ts';

declare global {
  interface Window {
    longTasks: number[];
  }
}

test('100,000 rows load and train without a long task', async ({ page }, testInfo) => {
  test.setTimeout(240_000);
  await openPage(page);
  await openModelFiles(page, toyModelFiles());
  await expect(page.getByRole('region', { name: 'Model' })).toContainText('2 layers');
  // From the disk: content handed over by the test would be unpacked on the main thread.
  const big = testInfo.outputPath('big.csv');
  await writeFile(big, toyDataset(100_000).buffer);
  await page.evaluate(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.longTasks.push(entry.duration);
    }).observe({ type: 'longtask' });
  });
  await chooseDataset(page, big);
  await expect(page.getByRole('region', { name: 'Data' })).toContainText('100,000');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect.poll(() => stepsDrawn(page), { timeout: 120_000 }).toBeGreaterThan(100);
  await page.getByRole('button', { name: 'Stop', exact: true }).first().click();
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeEnabled({ timeout: 30_000 });
  expect(await page.evaluate(() => window.longTasks)).toEqual([]);
});
