/** The page's end of the library worker, apart from the other two: downloads go on beside training, and need none of its code. */
import { wrap, type Remote } from './bridge.ts';
import type { LibraryWorker } from './library.ts';
import { Problem } from '../lib/problem.ts';

export interface LibraryLink {
  readonly library: Remote<LibraryWorker>;
  /** Never fulfils; rejects with a `Problem` when the worker dies. */
  readonly crashed: Promise<never>;
}

export function connectLibrary(): LibraryLink {
  const worker = new Worker(new URL('../../workers/library.worker.ts', import.meta.url), { type: 'module', name: 'library' });
  const crashed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', ({ message }) => {
      worker.terminate();
      reject(
        new Problem({
          where: 'Models on this machine',
          expected: 'their worker to go on',
          found: message || 'that its script did not load',
          fix: 'Try again: a fresh worker is started, and downloads go on where they were.',
        }),
      );
    });
  });
  crashed.catch(() => undefined);
  return { library: wrap<LibraryWorker>(worker), crashed };
}
