/** The training cockpit as a person uses it: settings and recipes, watching, pausing, ending; and axe on each of its screens. */
import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { chooseDataset, classify, figure, openModelFiles, openPage, stepsDrawn } from './person.ts';
import { toyDataset, toyModelFiles } from './toy-model.ts';

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

async function openToy(page: Page, rows: number): Promise<void> {
  await openPage(page);
  await openModelFiles(page, toyModelFiles());
  await expect(page.getByRole('region', { name: 'Model' })).toContainText('2 layers');
  await chooseDataset(page, toyDataset(rows));
  await expect(page.getByRole('region', { name: 'Data' })).toContainText('toy.csv');
}

/** Has the page tell how many of its locks on the screen are held; the locks themselves are the browser's. */
async function watchWakeLocks(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const held = new Set<WakeLockSentinel>();
    const request = navigator.wakeLock.request.bind(navigator.wakeLock);
    navigator.wakeLock.request = async (type) => {
      const sentinel = await request(type);
      held.add(sentinel);
      sentinel.addEventListener('release', () => held.delete(sentinel));
      return sentinel;
    };
    Object.assign(globalThis, { heldWakeLocks: held });
  });
  return () => page.evaluate(() => (globalThis as unknown as { heldWakeLocks: Set<unknown> }).heldWakeLocks.size);
}

const train = (page: Page) => page.getByRole('button', { name: 'Train', exact: true });

test('before training stands what the run takes; a lighter way and the largest batch are a click away', async ({ page }) => {
  await openToy(page, 400);
  const card = page.getByRole('region', { name: 'Before training' });
  await expect(card.getByLabel('Time needed')).toHaveText(/^(a few seconds|about .+)$/, { timeout: 60_000 });
  await expect(card.getByLabel('Memory needed')).toHaveText(/^\d+ MB$/);
  await expect(card).toContainText('30 steps and 12 evaluations');
  // What only counts steps needs no new measurement.
  await page.getByLabel('Epochs').fill('100');
  await expect(card).toContainText('1,000 steps and 400 evaluations');
  await card.getByText('If it should need less memory').click();
  await card.getByRole('button', { name: 'Use LoRA' }).click();
  await expect(page.getByLabel('What learns').first()).toHaveValue('lora');
  await expect(card.getByText('If it should need less memory')).toBeVisible({ timeout: 60_000 });
  await expect(card.getByRole('button', { name: 'Use LoRA' })).toBeHidden();
  await card.getByRole('button', { name: 'Find the largest batch size' }).click();
  await card.getByRole('button', { name: /^Use batch size/ }).click({ timeout: 90_000 });
  const tried = await card.getByRole('list', { name: 'Batch sizes tried' }).count();
  expect(tried).toBe(0);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await findings(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });
  expect(Number(await page.getByLabel('Batch size').first().inputValue())).toBeGreaterThanOrEqual(32);
  expect(await findings(page)).toEqual([]);
});

test('settings say what they are, reset, and put each other out of use', async ({ page }) => {
  await openToy(page, 120);
  await page.getByRole('button', { name: 'All settings' }).click();
  const dialog = page.getByRole('dialog', { name: 'All settings' });
  await expect(dialog.getByRole('img', { name: 'Learning rate over the run' })).toBeVisible();
  await expect(dialog.getByLabel('Steps between evaluations')).toBeDisabled();
  await dialog.getByLabel('Measure').selectOption({ label: 'Each so many steps' });
  await dialog.getByLabel('Steps between evaluations').fill('x');
  await expect(dialog.getByText('Steps between evaluations must be a whole number from 1')).toBeVisible();
  await dialog.getByRole('button', { name: 'Reset Steps between evaluations' }).click();
  await expect(dialog.getByLabel('Steps between evaluations')).toHaveValue('500');
  await expect(dialog.getByRole('switch', { name: 'Keep the best' })).toBeChecked();
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('a recipe is saved by name, goes out as a file and as a link, and comes back', async ({ page }) => {
  await openToy(page, 120);
  await page.getByLabel('Learning rate').first().fill('3e-5');
  await page.getByRole('button', { name: 'All settings' }).click();
  const recipes = page.getByRole('group', { name: 'Recipes' });
  await recipes.getByLabel('Recipe name').fill('careful');
  await recipes.getByRole('button', { name: 'Save', exact: true }).click();
  await recipes.getByRole('button', { name: 'Share as a link' }).click();
  const link = await recipes.getByLabel('Link to these settings').inputValue();
  expect(link).toMatch(/#recipe=1&learning_rate=3e-5$/);
  const downloading = page.waitForEvent('download');
  await recipes.getByRole('button', { name: 'Save as YAML' }).click();
  const yaml = await readFile(await (await downloading).path(), 'utf8');
  expect(yaml).toContain('learning_rate: 0.00003');

  await page.goto('about:blank');
  await page.goto(link);
  await chooseDataset(page, toyDataset(120));
  await expect(page.getByLabel('Learning rate').first()).toHaveValue('3e-5');
  await expect(page.getByRole('list', { name: 'Recipe' })).toContainText('The settings of the link are in place');
  await page.getByRole('button', { name: 'All settings' }).click();
  await recipes
    .getByLabel('Recipe file')
    .setInputFiles({ name: 'args.yaml', mimeType: 'application/yaml', buffer: Buffer.from('learning_rate: 1e-5\nbf16: true\n') });
  await expect(recipes.getByRole('status')).toContainText('bf16 is not used');
  await recipes.getByLabel('Saved recipes').selectOption('careful');
  await recipes.getByRole('button', { name: 'Load' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByLabel('Learning rate').first()).toHaveValue('3e-5');

  await page.goto('about:blank');
  await page.goto('/#recipe=1&learning_rate=fast');
  await expect(page.getByRole('alert')).toContainText('learning_rate to be a number above 0 and below 1, found fast');
});

test('a run is watched, paused, evaluated in between, read by keys, and stopped', async ({ page }) => {
  test.setTimeout(180_000);
  const wakeLocks = await watchWakeLocks(page);
  await openToy(page, 2000);
  await page.getByLabel('Epochs').fill('200');
  await train(page).click();
  await expect.poll(() => stepsDrawn(page), { timeout: 60_000 }).toBeGreaterThan(5);
  await expect.poll(wakeLocks).toBe(1);
  await classify(page, 'i loved every minute', /^(positive|negative)/);
  await page.getByRole('button', { name: 'Pin', exact: true }).click();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('Paused', { exact: true })).toBeVisible();
  await expect(page).toHaveTitle(/^Paused · /);
  await expect.poll(wakeLocks).toBe(0);
  await page.getByRole('button', { name: 'Evaluate now' }).click();
  await expect.poll(() => figure(page, 'Validation accuracy')).toBeGreaterThanOrEqual(0);
  await expect(page.getByRole('list', { name: 'Pinned sentences' })).toContainText('i loved every minute');
  await expect(page.getByRole('img', { name: /at each evaluation/ })).toBeVisible();
  const steps = await stepsDrawn(page);
  await page.waitForTimeout(600);
  expect(await stepsDrawn(page)).toBe(steps);
  expect(await findings(page)).toEqual([]);

  const chart = page.getByRole('group', { name: /^Loss: arrow keys/ });
  await chart.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText(/^training \d\.\d+$/)).toBeVisible();
  await page.keyboard.press('+');
  await expect(page.getByRole('button', { name: 'Whole run' })).toBeVisible();
  await page.keyboard.press('0');
  await expect(page.getByRole('button', { name: 'Whole run' })).toBeHidden();
  await page.getByRole('combobox', { name: 'Second chart' }).selectOption({ label: 'Rows a second' });
  await expect(page.getByRole('img', { name: /^Rows a second after/ })).toBeVisible();
  const csv = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Loss as CSV' }).click();
  expect(await readFile(await (await csv).path(), 'utf8')).toMatch(/^step,epoch,loss,learning_rate,grad_norm/);
  const png = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Loss as PNG' }).click();
  expect([...(await readFile(await (await png).path())).subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);

  await page.getByRole('button', { name: 'Resume' }).click();
  await expect.poll(() => stepsDrawn(page), { timeout: 30_000 }).toBeGreaterThan(steps);
  await expect.poll(wakeLocks).toBe(1);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(train(page)).toBeEnabled({ timeout: 30_000 });
  await expect.poll(wakeLocks).toBe(0);
  await page.getByRole('button', { name: 'Log', exact: true }).click();
  await expect(page.getByRole('group', { name: 'Log' })).toContainText('outcome: stopped');
  expect(await findings(page)).toEqual([]);
});

test('a run that is discarded leaves nothing', async ({ page }) => {
  await openToy(page, 2000);
  await page.getByLabel('Epochs').fill('200');
  await train(page).click();
  await expect.poll(() => stepsDrawn(page), { timeout: 60_000 }).toBeGreaterThan(5);
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop and discard' }).click();
  await expect(train(page)).toBeEnabled({ timeout: 30_000 });
  expect(await figure(page, 'Training loss')).toBeNaN();
  await expect(page.getByRole('button', { name: /^Download model/ })).toBeDisabled();
});
