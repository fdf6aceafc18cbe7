/** The simd backend in a browser's worker: where the module's file is, and how helper threads are made. */
import { Problem } from '../../../lib/problem.ts';
import { usableThreads } from '../choose.ts';
import { SimdBackend } from './backend.ts';
import { hasRelaxedSimd } from './relaxed.ts';
import type { SpawnThread } from './threads.ts';

async function loadModule(): Promise<WebAssembly.Module> {
  const url = hasRelaxedSimd()
    ? new URL('./build/kernels.relaxed.wasm', import.meta.url)
    : new URL('./build/kernels.plain.wasm', import.meta.url);
  const response = await fetch(url);
  if (!response.ok) {
    throw new Problem({
      where: url.pathname,
      expected: 'the CPU kernels',
      found: `the answer ${response.status}`,
      fix: 'Reload the page; if that does not help, build it again with npm start.',
    });
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

const spawnWorker: SpawnThread = (start) => {
  const worker = new Worker(new URL('../../../../workers/simd-thread.worker.ts', import.meta.url), { type: 'module' });
  const ready = new Promise<void>((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = (event) => reject(new Error(event.message));
  });
  worker.postMessage(start);
  return { ready, terminate: () => worker.terminate() };
};

/** Makes the backend with up to `threads` threads (those that fail to start are left out); it is not yet registered with tfjs. */
export async function createSimdBackend(threads = usableThreads()): Promise<SimdBackend> {
  const backend = new SimdBackend(await loadModule());
  await backend.startThreads(Math.min(threads, usableThreads()), spawnWorker);
  return backend;
}
