/** What can happen to a run beside being killed: a full disk, a second tab, a tab that is hidden or frozen, other data. Part of the kill matrix. */
import { expect, test, type Page } from '@playwright/test';
import { card, curve, goOn, prepare, train, type Workload } from './kept-run.ts';
import { chooseDataset, stepsDrawn } from './person.ts';
import { toyDataset } from './toy-model.ts';

const RUN: Workload = {
  rows: 200,
  link: '#recipe=1&per_device_train_batch_size=8&learning_rate=0.001&max_steps=60&save_strategy=steps&save_steps=8',
};
const isAll = process.env.KILL === 'all';

test.describe.configure({ timeout: 240_000 });

const steps = (page: Page, most: number) =>
  expect.poll(() => stepsDrawn(page), { timeout: 60_000, intervals: [50] }).toBeGreaterThan(most);

test('a full disk: the run goes on in memory, says so, and ends', async ({ page, context }) => {
  await prepare(page, RUN);
  const cdp = await context.newCDPSession(page);
  const used = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
  await cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: used + 330_000 });
  await train(page).click();
  await expect(page.getByRole('list', { name: 'How the run is kept' })).toContainText('cannot be saved on the disk', {
    timeout: 60_000,
  });
  await expect(page.getByRole('contentinfo')).toContainText('held in memory at step');
  expect(await curve(page)).not.toHaveLength(0);
});

test('a second tab: says that another one trains the run, and cannot touch it; other data are refused in words', async ({
  page,
  context,
}) => {
  await prepare(page, { ...RUN, link: RUN.link.replace('max_steps=60', 'max_steps=200000') });
  await train(page).click();
  await steps(page, 12);
  const other = await context.newPage();
  await other.goto('/');
  await expect(card(other)).toContainText('Another tab trains it right now', { timeout: 30_000 });
  await expect(card(other).getByRole('button', { name: 'Continue' })).toBeHidden();
  await page.close();
  await card(other).getByRole('button', { name: 'Look again' }).click();
  await expect(card(other).getByRole('button', { name: 'Continue' })).toBeVisible();
  await card(other).getByRole('button', { name: 'Discard' }).click();
  await card(other).getByRole('button', { name: 'Discard the run' }).click();
  await expect(card(other)).toBeHidden();
  await other.reload();
  await expect(other.getByRole('region', { name: 'Data' })).toContainText('toy.csv', { timeout: 30_000 });
  await expect(card(other)).toBeHidden();
});

test('data that are gone: the words say what to open, and other data are refused', async ({ page }) => {
  test.skip(!isAll, 'npm run test:kill');
  await prepare(page, RUN);
  await train(page).click();
  await steps(page, 12);
  // As if the browser had cleared the data and nothing else.
  await page.goto('about:blank');
  await page.goto('/models/starter/config.json');
  await page.evaluate(async () => (await navigator.storage.getDirectory()).removeEntry('datasets', { recursive: true }));
  await page.goto('/');
  await expect(card(page)).toBeVisible();
  await chooseDataset(page, toyDataset(160));
  await expect(page.getByRole('region', { name: 'Data' })).toContainText('160');
  await card(page).getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('alert')).toContainText('expected the data that it began with: toy.csv');
  await chooseDataset(page, toyDataset(200));
  await expect(page.getByRole('region', { name: 'Data' })).toContainText('200');
  await card(page).getByRole('button', { name: 'Continue' }).click();
  expect(await curve(page)).toHaveLength(61);
});

for (const state of ['hidden', 'frozen'] as const) {
  test(`a tab that is ${state} for a while: the same losses`, async ({ page, context }) => {
    test.skip(!isAll, 'npm run test:kill');
    await prepare(page, RUN);
    await train(page).click();
    const expected = await curve(page);
    await train(page).click();
    await expect.poll(() => stepsDrawn(page), { timeout: 60_000 }).toBeLessThan(30);
    await steps(page, 10);
    const cdp = await context.newCDPSession(page);
    const other = await context.newPage();
    await other.bringToFront();
    if (state === 'frozen') await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
    await other.waitForTimeout(3000);
    if (state === 'frozen') await cdp.send('Page.setWebLifecycleState', { state: 'active' });
    await page.bringToFront();
    expect(await curve(page)).toEqual(expected);
  });
}

test('a run that goes on after a reload has the whole curve', async ({ page }) => {
  test.skip(!isAll, 'npm run test:kill');
  await prepare(page, RUN);
  await train(page).click();
  await steps(page, 20);
  await page.reload();
  await goOn(page);
  expect(await curve(page)).toHaveLength(61);
});
