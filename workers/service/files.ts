/**
 * The page's own files on this machine. The page itself (scripts, styles, kernels) is fetched when the service worker is installed, the
 * large ones (the starter, the sample) when they are first used or when the page is idle. A file is known by its revision: a new
 * version of the page fetches only what changed.
 */
import { PrecacheController, type PrecacheEntry } from 'workbox-precaching';

const LARGE_CACHE = 'tabtune-large';
const LARGE = /^(models|sample)\//;

export interface PageFiles {
  install(event: ExtendableEvent): Promise<void>;
  /** Drops what earlier versions kept. */
  activate(event: ExtendableEvent): Promise<void>;
  /** The file from this machine; one that is being kept right now is waited for, so that nothing is fetched twice. */
  find(url: URL): Promise<Response | null>;
  /**
   * The answer of `send`, kept if it is one of the large files; `kept` settles when it is on the disk, or could not be (a full disk only
   * means that it is fetched again).
   */
  fetch(url: URL, send: () => Promise<Response>): { readonly response: Promise<Response>; readonly kept: Promise<void> };
  /** Large files that are neither here nor on their way. */
  missing(): Promise<readonly URL[]>;
}

function urlOf({ url }: PrecacheEntry, scope: string): URL {
  return new URL(url, scope);
}

/** `scope`: the page's folder, with its last slash. `manifest`: every file with its revision, written by the build. */
export function createPageFiles(manifest: readonly PrecacheEntry[], scope: string): PageFiles {
  const page = new PrecacheController();
  page.addToCacheList(manifest.filter(({ url }) => !LARGE.test(url)));
  const large = new Map(
    manifest
      .filter(({ url }) => LARGE.test(url))
      .map((entry) => {
        const url = urlOf(entry, scope);
        return [url.href, `${url.href}?revision=${entry.revision ?? ''}`];
      }),
  );
  const openLarge = (): Promise<Cache> => caches.open(LARGE_CACHE);
  const storing = new Map<string, Promise<void>>();
  const bare = (url: URL): string => url.origin + url.pathname;

  return {
    async install(event) {
      await page.install(event);
    },

    async activate(event) {
      await page.activate(event);
      const cache = await openLarge();
      const wanted = new Set(large.values());
      for (const { url } of await cache.keys()) if (!wanted.has(url)) await cache.delete(url);
    },

    async find(url) {
      const key = large.get(bare(url));
      if (key) {
        await storing.get(key);
        return (await (await openLarge()).match(key)) ?? null;
      }
      const file = url.pathname.endsWith('/') ? `${bare(url)}index.html` : bare(url);
      return (await page.matchPrecache(file)) ?? null;
    },

    fetch(url, send) {
      const key = large.get(bare(url));
      const response = send();
      if (!key) return { response, kept: Promise.resolve() };
      const copy = response.then((answer) => (answer.status === 200 ? answer.clone() : null));
      const kept = Promise.all([openLarge(), copy])
        .then(([cache, answer]) => (answer ? cache.put(key, answer) : undefined))
        .catch(() => undefined)
        .finally(() => storing.delete(key));
      storing.set(key, kept);
      return { response, kept };
    },

    async missing() {
      const cache = await openLarge();
      const found = await Promise.all(
        [...large].map(async ([url, key]) => ({ url, there: storing.has(key) || (await cache.match(key)) !== undefined })),
      );
      return found.filter(({ there }) => !there).map(({ url }) => new URL(url));
    },
  };
}
