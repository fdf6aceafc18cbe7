/** The simd backend in a browser's worker: where the module's file is, how helper threads are made, and its start. */
import { registerBackend, setBackend } from '@tensorflow/tfjs-core';
import { Problem } from '../../../lib/problem.ts';
import { registerSimdKernels } from '../../ops/register-simd.ts';
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
  return { ready, serve: (number) => worker.postMessage(number), terminate: () => worker.terminate() };
};

let started: Promise<SimdBackend> | null = null;

async function createBackend(): Promise<SimdBackend> {
  const backend = new SimdBackend(await loadModule());
  await backend.startThreads(usableThreads(), spawnWorker);
  registerSimdKernels();
  registerBackend('simd', () => backend);
  return backend;
}

/**
 * Makes `simd` tfjs's current backend, with as many threads as the machine has for us; those that fail to start are left out. Started
 * once: later calls return the same backend. Throws a `Problem` when the kernels cannot be had.
 */
export async function startSimdBackend(): Promise<SimdBackend> {
  started ??= createBackend();
  try {
    const backend = await started;
    await setBackend('simd');
    return backend;
  } catch (error) {
    started = null;
    throw error;
  }
}

/** `startSimdBackend`, for those who only want to know how many threads work. */
export async function startSimd(): Promise<number> {
  return (await startSimdBackend()).jobs.threads;
}
