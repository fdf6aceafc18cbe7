/** Permits for requests that may leave the page's origin. The service worker refuses all others. */
import type { Permit, ToServiceWorker } from '../protocol/network.ts';

const PERMIT_MINUTES = 240;

/** Tells the service worker; false where there is none. */
export function post(message: ToServiceWorker, transfer: Transferable[] = []): boolean {
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
