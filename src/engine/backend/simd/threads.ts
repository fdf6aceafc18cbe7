/** Helper threads: workers that share the memory and the module and wait for jobs (threads.simd.ts). One that does not start is left out. */

/** What a new worker gets in its first message; it instantiates the module on the memory and answers 'ready'. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

export interface Thread {
  /** Settles when the worker could instantiate the module, rejects when it cannot. */
  readonly ready: Promise<void>;
  /** The second message: the worker is thread `number` (1, 2, ...; the caller is 0) and waits for jobs from now on. */
  serve(number: number): void;
  terminate(): void;
}

export type SpawnThread = (start: ThreadStart) => Thread;

/** A worker's script comes from the browser's cache or from the server that the page came from. */
const START_LIMIT_MS = 10_000;

function withinLimit(ready: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), START_LIMIT_MS);
    const settle = (isReady: boolean): void => {
      clearTimeout(timer);
      resolve(isReady);
    };
    ready.then(
      () => settle(true),
      () => settle(false),
    );
  });
}

/** Starts `count` workers and returns those that came up in time, the others ended. They do not yet serve. */
export async function startThreads(spawn: SpawnThread, start: ThreadStart, count: number): Promise<Thread[]> {
  const threads: Thread[] = [];
  for (let i = 0; i < count; i++) {
    try {
      threads.push(spawn(start));
    } catch {
      break;
    }
  }
  const areReady = await Promise.all(threads.map(({ ready }) => withinLimit(ready)));
  return threads.filter((thread, i) => {
    if (!areReady[i]) thread.terminate();
    return areReady[i];
  });
}
