/**
 * No run is lost: each cell ends something in a phase of a run, and the run must end with the losses of one that nothing happened to, bit for
 * bit (CPU engine). `npm test` has a sample of the cells, `npm run test:kill` all of them (KILL=all).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, test, type BrowserContext, type Page } from '@playwright/test';
import { curve, goOn, prepare, train, type Workload } from './kept-run.ts';
import { stepsDrawn } from './person.ts';

const PHASES = ['download', 'tokenize', 'train', 'evaluate', 'save'] as const;
const KILLS = ['worker', 'reload', 'tab', 'browser'] as const;
type Phase = (typeof PHASES)[number];

/** Of all kinds and phases a few, fast ones. */
const SAMPLE = ['worker train', 'reload save'];
const isAll = process.env.KILL === 'all';

const BATCHES = 'per_device_train_batch_size=8&learning_rate=0.001';
/** Long enough to be hit while it trains and saves. */
const LONG: Workload = { rows: 200, link: `#recipe=1&${BATCHES}&max_steps=40&save_strategy=steps&save_steps=5` };
/** Many rows, so that tokenizing and evaluating take a while. */
const WIDE: Workload = {
  rows: 4000,
  link: `#recipe=1&${BATCHES}&max_steps=24&eval_strategy=steps&eval_steps=8&save_strategy=steps&save_steps=4`,
};
/** With the model that comes over the network. */
const STARTER: Workload = { rows: 60, link: `#recipe=1&${BATCHES}&max_steps=3&save_strategy=steps&save_steps=1`, starter: true };

const WORKLOADS: Readonly<Record<Phase, Workload>> = {
  download: STARTER,
  tokenize: WIDE,
  train: LONG,
  evaluate: WIDE,
  save: LONG,
};

declare global {
  interface Window {
    trainers: Worker[];
  }
}

/** Before a page's own scripts: the trainer workers are kept where a test can end them. */
async function watchWorkers(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    window.trainers = [];
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        if (options?.name === 'trainer') window.trainers.push(this);
      }
    };
  });
}

const unbroken = new Map<Workload, Promise<string[]>>();

/** The curve of the run that nothing happens to, once for all cells. */
function whole(workload: Workload, context: BrowserContext): Promise<string[]> {
  const made =
    unbroken.get(workload) ??
    (async () => {
      const page = await context.newPage();
      await prepare(page, workload);
      await train(page).click();
      const steps = await curve(page);
      await page.close();
      return steps;
    })();
  unbroken.set(workload, made);
  return made;
}

/** Resolves when the run is in the phase. */
async function reach(page: Page, phase: Phase): Promise<void> {
  const bar = page.getByRole('contentinfo');
  switch (phase) {
    case 'download':
      return expect(bar).toContainText('Preparing', { timeout: 30_000 });
    case 'tokenize':
      return expect(bar).toContainText('Reading the texts', { timeout: 30_000 });
    case 'train':
      return expect.poll(() => stepsDrawn(page), { timeout: 60_000, intervals: [50] }).toBeGreaterThan(12);
    case 'evaluate':
      await expect.poll(() => stepsDrawn(page), { timeout: 60_000, intervals: [20] }).toBeGreaterThan(7);
      return expect(bar).toContainText('Evaluating', { timeout: 30_000 });
    case 'save':
      // A file that is being written has another name; the first checkpoint is there before.
      return page.evaluate(async () => {
        const names = async (): Promise<string[]> => {
          const found: string[] = [];
          const runs = await (await navigator.storage.getDirectory()).getDirectoryHandle('runs').catch(() => null);
          for await (const run of runs?.values() ?? []) {
            if (run.kind === 'directory') for await (const name of run.keys()) found.push(name);
          }
          return found;
        };
        for (;;) {
          const found = await names().catch(() => []);
          const isSaving = found.some((name) => name.startsWith('checkpoint-') && name.endsWith('.part'));
          if (isSaving && found.some((name) => /^checkpoint-\d+\.json$/.test(name))) return;
          await new Promise((resolve) => setTimeout(resolve));
        }
      });
  }
}

async function holdModel(page: Page): Promise<() => Promise<void>> {
  await page.route('**/model.safetensors', async () => new Promise(() => undefined));
  return () => page.unroute('**/model.safetensors');
}

async function begin(page: Page, phase: Phase): Promise<void> {
  if (phase === 'download') await holdModel(page);
  await prepare(page, WORKLOADS[phase]);
  await train(page).click();
  await reach(page, phase);
}

test.describe.configure({ timeout: 240_000 });

for (const kill of KILLS) {
  for (const phase of PHASES) {
    if (!isAll && !SAMPLE.includes(`${kill} ${phase}`)) continue;
    test(`kill the ${kill} in the phase ${phase}: the run is there and goes on, bit for bit`, async ({
      context,
      page,
      baseURL,
    }) => {
      const expected = await whole(WORKLOADS[phase], context);
      if (kill === 'browser') return killBrowser(phase, expected, baseURL!);
      await watchWorkers(context);
      await begin(page, phase);
      if (kill === 'worker') {
        if (phase === 'download') await page.unroute('**/model.safetensors');
        await page.evaluate(() => window.trainers.at(-1).terminate());
        await expect(page.getByRole('list', { name: 'How the run is kept' })).toContainText('went on by itself', {
          timeout: 60_000,
        });
        expect(await curve(page)).toEqual(expected);
        return;
      }
      let next = page;
      if (kill === 'reload') {
        await page.unrouteAll();
        await page.reload();
      } else {
        // What a crash of the renderer does: no handler of the page runs.
        next = await context.newPage();
        const cdp = await context.newCDPSession(page);
        void cdp.send('Page.crash').catch(() => undefined);
        await page.waitForEvent('crash');
        await next.goto('/');
      }
      await goOn(next);
      expect(await curve(next)).toEqual(expected);
    });
  }
}

/** The whole browser, with its disk on a real one. */
async function killBrowser(phase: Phase, expected: string[], baseURL: string): Promise<void> {
  const { launchOptions } = test.info().project.use;
  const folder = await mkdtemp(join(tmpdir(), 'tabtune-kill-'));
  const launch = () =>
    chromium.launchPersistentContext(folder, { ...launchOptions, baseURL, serviceWorkers: 'block', acceptDownloads: true });
  try {
    const first = await launch();
    const page = await first.newPage();
    await begin(page, phase);
    const gone = new Promise((resolve) => first.on('close', resolve));
    const cdp = await first.browser()!.newBrowserCDPSession();
    void cdp.send('Browser.crash').catch(() => undefined);
    await gone;
    const second = await launch();
    const again = await second.newPage();
    await again.goto('/');
    await goOn(again);
    expect(await curve(again)).toEqual(expected);
    await second.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
