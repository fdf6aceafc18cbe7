/**
 * The requests that left this machine, as the service worker counts them. Where a browser gives no service worker (a private window of
 * Firefox, plain http) nothing is counted, and the page says so.
 */
import { createStore } from 'zustand/vanilla';
import type { FromServiceWorker, RequestRecord } from '../protocol/network.ts';
import { dataStore } from './data.ts';
import { modelStore } from './model.ts';
import { post } from './permits.ts';

export interface NetworkState {
  /** The service worker sees the requests of this page. */
  readonly counting: boolean;
  /** In order, at most the last 500. */
  readonly records: readonly RequestRecord[];
  /** When the model that is there came; requests before that belong to opening the page and fetching it. */
  readonly modelSince: number | null;
  add(records: readonly RequestRecord[]): void;
}

const MOST_RECORDS = 500;

export const networkStore = createStore<NetworkState>()((set) => ({
  counting: false,
  records: [],
  modelSince: null,
  add: (added) =>
    set(({ records }) => {
      const known = new Set(records.map(({ number, at }) => `${number} ${at}`));
      const fresh = added.filter(({ number, at }) => !known.has(`${number} ${at}`));
      return fresh.length === 0 ? {} : { records: [...records, ...fresh].slice(-MOST_RECORDS) };
    }),
}));

/** How many of the records were made since the model is there. */
export function sinceModel({ records, modelSince }: NetworkState): number {
  return modelSince === null ? 0 : records.filter(({ at, outcome }) => at >= modelSince && outcome === 'network').length;
}

const RELOADED = 'tabtune-reloaded-for-isolation';

/** Whether the page is loaded once more, now: a first visit to a host that sends no headers, where nothing would be lost by it. */
function reloadForIsolation(): boolean {
  const isIdle = dataStore.getState().dataset === null && modelStore.getState().info === null;
  if (window.crossOriginIsolated || !isIdle || sessionStorage.getItem(RELOADED)) return false;
  sessionStorage.setItem(RELOADED, 'yes');
  window.location.reload();
  return true;
}

interface Connection {
  readonly saveData?: boolean;
}

/** Starts the service worker, once the page has nothing better to do. In development there is none. */
export async function startServiceWorker(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  serviceWorker.addEventListener('message', ({ data }: MessageEvent<FromServiceWorker>) =>
    networkStore.getState().add(data.records),
  );
  modelStore.subscribe(({ info }, before) => {
    if (info !== before.info) networkStore.setState({ modelSince: info && Date.now() });
  });
  const controlled = (): void => {
    if (reloadForIsolation()) return;
    networkStore.setState({ counting: true });
    post({ type: 'records' });
    const { connection } = navigator as Navigator & { readonly connection?: Connection };
    if (connection?.saveData !== true) post({ type: 'keep' });
  };
  try {
    await serviceWorker.register(new URL('./service.worker.js', document.baseURI));
  } catch {
    return;
  }
  if (serviceWorker.controller) controlled();
  else serviceWorker.addEventListener('controllerchange', controlled, { once: true });
}
