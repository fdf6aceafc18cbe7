/** Web Locks: what one tab or worker holds, nobody else gets, and what it held is free when it ends, in whatever way. */

/** Resolves to what ends the lock; null where somebody has it. */
export type TakeLock = (name: string) => Promise<(() => void) | null>;

/** Where the browser has no locks (a page over plain http, which has no disk either) everybody gets one. */
export const takeLock: TakeLock = (name) =>
  new Promise((resolve, reject) => {
    if (!('locks' in navigator)) {
      resolve(() => undefined);
      return;
    }
    navigator.locks
      .request(name, { ifAvailable: true }, async (lock) => {
        if (!lock) {
          resolve(null);
          return;
        }
        await new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });

/** Resolves when who holds the lock is gone; never where the browser has no locks. */
export async function waitForLock(name: string): Promise<void> {
  if (!('locks' in navigator)) return new Promise(() => undefined);
  await navigator.locks.request(name, () => undefined);
}

/** Whether somebody has it, in whatever tab. */
export async function isLocked(name: string): Promise<boolean> {
  if (!('locks' in navigator)) return false;
  const { held } = await navigator.locks.query();
  return held?.some((lock) => lock.name === name) ?? false;
}
