/** A device that is lost while it trains: the worker goes on by itself from the last checkpoint. SwiftShader; part of `npm run test:kill`. */
import { expect, test } from '@playwright/test';
import { curve, prepare, train } from './kept-run.ts';
import { stepsDrawn } from './person.ts';

test('a device that is destroyed while it trains: the run goes on by itself, with half the batch', async ({ page }) => {
  test.skip(process.env.KILL !== 'all', 'npm run test:kill');
  test.setTimeout(500_000);
  await prepare(page, {
    rows: 60,
    link: '#recipe=1&per_device_train_batch_size=8&learning_rate=0.001&max_steps=24&save_strategy=steps&save_steps=3',
  });
  await page.getByLabel('Compute').selectOption({ label: 'WebGPU' });
  await train(page).click();
  await expect.poll(() => stepsDrawn(page), { timeout: 240_000 }).toBeGreaterThan(6);
  const browser = page.context().browser()!;
  const cdp = await browser.newBrowserCDPSession();
  // The GPU's process ends: every device in the browser is lost, as when a driver is reset.
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
  process.kill(processInfo.find(({ type }) => type === 'GPU')!.id, 'SIGKILL');
  await expect(page.getByRole('list', { name: 'How the run is kept' })).toContainText('went on by itself from step', {
    timeout: 120_000,
  });
  expect(await curve(page)).toHaveLength(25);
});
