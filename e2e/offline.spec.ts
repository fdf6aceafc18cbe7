/** Nothing leaves, and it works without a network: on a static host that sends no headers, which then goes away. */
import { expect, test, type Page } from '@playwright/test';
import { serveBare, type BareServer } from './bare-server.ts';
import { classify, figure } from './person.ts';

test.use({ serviceWorkers: 'allow' });

const STARTER = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'].map(
  (name) => `/models/starter/${name}`,
);

let server: BareServer;

test.beforeEach(async () => {
  server = await serveBare('dist');
});

test.afterEach(() => server.close());

/** A first visit, until the service worker sees the page's requests. */
async function visit(page: Page): Promise<void> {
  await page.goto(server.address);
  await expect(page.getByRole('button', { name: /^Requests/ })).toBeVisible({ timeout: 30_000 });
}

/** Until the browser holds the page, the starter and the sample. */
async function waitUntilKept(page: Page): Promise<void> {
  const kept = () =>
    page.evaluate(async () => {
      const cache = await caches.open('tabtune-large');
      return (await cache.keys()).map(({ url }) => new URL(url).pathname);
    });
  await expect.poll(kept, { timeout: 60_000 }).toEqual(expect.arrayContaining([...STARTER, '/sample/sample.csv']));
}

async function trainOnSample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Use the sample' }).click();
  await page.getByLabel('Epochs').fill('1');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect.poll(() => figure(page, 'Validation accuracy'), { timeout: 120_000 }).toBeGreaterThan(0.5);
  await page.getByRole('button', { name: 'Stop', exact: true }).first().click();
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeEnabled({ timeout: 60_000 });
}

/** What the page's policy refused, as the browser says it. */
function watchPolicy(page: Page): string[] {
  const refused: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) refused.push(message.text());
  });
  return refused;
}

test('a host without headers: isolated by the service worker; then without the host: train, try, download', async ({ page }) => {
  test.setTimeout(300_000);
  const refused = watchPolicy(page);
  await visit(page);
  await expect.poll(() => page.evaluate(() => window.crossOriginIsolated)).toBe(true);
  await waitUntilKept(page);
  await server.close();

  await page.reload();
  await expect(page.getByRole('heading', { name: 'Teach a model to sort your texts' })).toBeVisible();
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true);
  await trainOnSample(page);
  await classify(page, 'I loved every minute', /^(positive|negative) \d+ %/);
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Download model/ }).click();
  expect((await downloading).suggestedFilename()).toBe('sample-starter.zip');
  // None of the page's own doing needs what its policy refuses.
  expect(refused).toEqual([]);
});

test('the policy comes with the page where a host sends none: no inline script, no eval, no plug-in, no websocket, no form', async ({
  page,
}) => {
  const refused = watchPolicy(page);
  await visit(page);
  const tried = await page.evaluate(async () => {
    const outcomes: Record<string, string> = {};
    const script = document.createElement('script');
    script.textContent = 'document.documentElement.dataset.inline = "ran"';
    document.body.append(script);
    outcomes.inline = document.documentElement.dataset.inline ?? 'refused';
    // In a task of the page's own: what a test evaluates is not bound by the policy.
    outcomes.eval = await new Promise<string>((resolve) => {
      setTimeout(() => {
        try {
          Reflect.construct(Function, ['return "ran"']);
          resolve('ran');
        } catch {
          resolve('refused');
        }
      });
    });
    outcomes.websocket = await new Promise<string>((resolve) => {
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
        if (blockedURI.startsWith('wss')) resolve(`refused by ${effectiveDirective}`);
      });
      try {
        const socket = new WebSocket('wss://localhost:9');
        socket.onopen = () => resolve('opened');
      } catch {
        resolve('refused');
      }
    });
    const object = document.createElement('object');
    object.data = './icon.svg';
    document.body.append(object);
    const form = document.createElement('form');
    form.action = './elsewhere';
    document.body.append(form);
    form.submit();
    await new Promise((resolve) => setTimeout(resolve, 300));
    outcomes.place = location.pathname;
    return outcomes;
  });
  expect(tried).toEqual({ inline: 'refused', eval: 'refused', websocket: 'refused by connect-src', place: '/' });
  for (const directive of ['script-src', 'connect-src', 'object-src', 'form-action'])
    expect(refused.join(' ')).toContain(directive);
});

test('after the model is there, training, trying and downloading make no request; the counter says so and lists the earlier ones', async ({
  page,
}) => {
  test.setTimeout(300_000);
  await visit(page);
  await page.getByRole('button', { name: 'Use the sample' }).click();
  const counter = page.getByRole('button', { name: /^Requests: 0 requests since the model is there/ });
  await expect(counter).toBeVisible({ timeout: 60_000 });
  await waitUntilKept(page);
  const before = server.requests.length;

  await page.getByLabel('Epochs').fill('1');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect.poll(() => figure(page, 'Validation accuracy'), { timeout: 120_000 }).toBeGreaterThan(0.5);
  await classify(page, 'I loved every minute', /^(positive|negative) \d+ %/);
  await page.getByRole('button', { name: 'Stop', exact: true }).first().click();
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeEnabled({ timeout: 60_000 });
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Download model/ }).click();
  await downloading;
  // The browser itself looks now and then whether the service worker is still the same.
  expect(server.requests.slice(before).filter((path) => path !== '/service.worker.js')).toEqual([]);

  await expect(counter).toBeVisible();
  await counter.click();
  const list = page.getByRole('table', { name: 'Requests' });
  await expect(list.getByRole('row', { name: /the starter model .*model\.safetensors sent/ })).toBeVisible();
  await expect(list.getByRole('row', { name: /refused/ })).toHaveCount(0);
});

test('a request to another host that nobody asked for is refused and listed', async ({ page }) => {
  const elsewhere = await serveBare('dist');
  try {
    await visit(page);
    const outcome = await page.evaluate(
      (url) =>
        fetch(url, { mode: 'no-cors' }).then(
          () => 'sent',
          () => 'refused',
        ),
      `${elsewhere.address}icon.svg?text=secret`,
    );
    expect(outcome).toBe('refused');
    expect(elsewhere.requests).toEqual([]);
    await page.getByRole('button', { name: /^Requests/ }).click();
    const { host } = new URL(elsewhere.address);
    const row = page.getByRole('table', { name: 'Requests' }).getByRole('row', { name: /refused/ });
    await expect(row).toHaveText(new RegExp(`nothing that was asked for ?GET ${host}/icon\\.svg ?refused`));
  } finally {
    await elsewhere.close();
  }
});
