/** What a person does on the page, by the names that a person reads (DESIGN.md, "Names that a person meets"). */
import { expect, type Locator, type Page } from '@playwright/test';
import type { FileContent } from './toy-model.ts';

/** The sample as the build made it. */
export const SAMPLE_PATH = 'public/sample/sample.csv';

export async function openPage(page: Page): Promise<void> {
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Teach a model to sort your texts' })).toBeVisible();
}

export async function chooseDataset(page: Page, file: FileContent | string): Promise<void> {
  await page.getByLabel('Dataset file').setInputFiles(file);
}

/** A real drop: a DataTransfer with the files, dragged over and dropped on the page. */
export async function dropFiles(page: Page, files: readonly FileContent[]): Promise<void> {
  const transfer = await page.evaluateHandle(
    (dropped) => {
      const data = new DataTransfer();
      for (const { name, type, base64 } of dropped) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        data.items.add(new File([bytes], name, { type }));
      }
      return data;
    },
    files.map(({ name, mimeType: type, buffer }) => ({ name, type, base64: buffer.toString('base64') })),
  );
  const target = page.locator('body');
  for (const event of ['dragenter', 'dragover', 'drop']) await target.dispatchEvent(event, { dataTransfer: transfer });
}

export async function openModelFiles(page: Page, files: FileContent[] | string): Promise<void> {
  await page.getByLabel('Model file').setInputFiles(files);
}

/** The number that an `<output>` shows, NaN while it shows none. */
export async function figure(page: Page, name: string): Promise<number> {
  const text = await page.getByLabel(name, { exact: true }).first().textContent();
  return Number.parseFloat(text ?? '');
}

/** Steps that the loss curve shows, as it says itself: "Loss after 12 of 75 steps: ...". */
export async function stepsDrawn(page: Page): Promise<number> {
  const words = await page.getByRole('img', { name: /^Loss/ }).getAttribute('aria-label');
  return Number(/after (\d+) of/.exec(words ?? '')?.[1] ?? 0);
}

export function predictions(page: Page): Locator {
  return page.getByRole('list', { name: 'Prediction' }).getByRole('listitem');
}

/** Types a text and waits until the list answers it: the first item's words, such as "positive 98 %". */
export async function classify(page: Page, text: string, expected: RegExp): Promise<string> {
  await page.getByLabel('Text to classify').fill(text);
  await expect(predictions(page).first()).toHaveText(expected);
  return (await predictions(page).allTextContents()).join('; ');
}

/** Every request that leaves the origin fails the test. */
export function watchRequests(page: Page): string[] {
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.hostname !== 'localhost' && url.hostname !== '127.0.0.1')
      elsewhere.push(request.url());
  });
  return elsewhere;
}
