/**
 * Keeps the screen, and with it the machine, awake while a run computes. A paused run lets it sleep. The browser takes the lock back when the
 * page is hidden, so it is asked for again when the page is seen; where it has none, or says no (a low battery), the run goes on without.
 */
import { runStore, type RunStatus } from './run.ts';

let lock: WakeLockSentinel | null = null;
let asking = false;

function isWanted(status: RunStatus): boolean {
  return status !== 'idle' && status !== 'paused' && !document.hidden;
}

async function settle(): Promise<void> {
  const wanted = isWanted(runStore.getState().status);
  if (!wanted) {
    const held = lock;
    lock = null;
    await held?.release();
    return;
  }
  if (asking || (lock && !lock.released) || !('wakeLock' in navigator)) return;
  asking = true;
  try {
    lock = await navigator.wakeLock.request('screen');
  } catch {
    lock = null;
  } finally {
    asking = false;
  }
  // The run may have ended while the browser thought about it.
  if (lock && !isWanted(runStore.getState().status)) await settle();
}

/** From now on, for the life of the page. */
export function keepAwakeWhileTraining(): void {
  runStore.subscribe(({ status }, before) => {
    if (status !== before.status) void settle();
  });
  document.addEventListener('visibilitychange', () => void settle());
}
