/**
 * Which requests may leave the page's origin: those to an origin that holds a permit which has not ended. The permits are also kept in
 * IndexedDB, for browsers end a service worker whenever it is idle and start it again.
 */
import { del, entries, set } from 'idb-keyval';
import type { Permit } from '../../src/protocol/network.ts';

export interface Permits {
  grant(permit: Permit): Promise<void>;
  revoke(origin: string): Promise<void>;
  /** What this life of the worker knows, at once. */
  knownFor(origin: string): Permit | null;
  /** What earlier lives knew too. */
  storedFor(origin: string): Promise<Permit | null>;
}

export function createPermits(now: () => number = Date.now): Permits {
  const permits = new Map<string, Permit>();
  const knownFor = (origin: string): Permit | null => {
    const permit = permits.get(origin);
    return permit && permit.until > now() ? permit : null;
  };
  return {
    knownFor,
    async grant(permit) {
      permits.set(permit.origin, permit);
      await set(permit.origin, permit);
    },
    async revoke(origin) {
      permits.delete(origin);
      await del(origin);
    },
    async storedFor(origin) {
      for (const [key, permit] of await entries<string, Permit>()) if (!permits.has(key)) permits.set(key, permit);
      return knownFor(origin);
    },
  };
}
