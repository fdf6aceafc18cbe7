/**
 * The requests that left this machine, as the service worker counts them, and the permits for those that may go elsewhere. Where a browser
 * gives no service worker (a private window of Firefox, plain http) nothing is counted, and the page says so.
 */
import { createStore } from 'zustand/vanilla';
import type { FromServiceWorker, Permit, RequestRecord, ToServiceWorker } from '../protocol/network.ts';
import { dataStore } from './data.ts';
import { modelStore } from './model.ts';

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
const PERMIT_MINUTES = 240;

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

function post(message: ToServiceWorker, transfer: Transferable[] = []): boolean {
  const worker = 'serviceWorker' in navigator ? navigator.serviceWorker.controller : null;
  worker?.postMessage(message, transfer);
  return Boolean(worker);
}

/**
 * Lets requests go to `origin` for a while, because the person asked for something that needs them; resolves when they may. The answer
 * takes the permit back.
 */
export async function permitRequests(origin: string, purpose: string): Promise<() => void> {
  const permit: Permit = { origin, purpose, until: Date.now() + PERMIT_MINUTES * 60_000 };
  const { port1, port2 } = new MessageChannel();
  const granted = new Promise<void>((resolve) => (port1.onmessage = () => resolve()));
  if (post({ type: 'permit', permit }, [port2])) await granted;
  return () => void post({ type: 'revoke', origin });
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
