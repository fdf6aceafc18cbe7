/**
 * The `simd` backend in Node: the module read from its file (built first where sources have changed), helper threads by
 * worker_threads. Tests and headless training share it.
 */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { registerBackend, setBackend } from '@tensorflow/tfjs-core';
import { SimdBackend } from '../../backend/simd/backend.ts';
import { hasRelaxedSimd } from '../../backend/simd/relaxed.ts';
import type { SpawnThread } from '../../backend/simd/threads.ts';
import { registerSimdKernels } from '../../ops/register-simd.ts';

const BUILD_SCRIPT = fileURLToPath(new URL('../../../../scripts/build-wasm.mjs', import.meta.url));
const BUILD_FOLDER = new URL('../../backend/simd/build/', import.meta.url);

/** A helper thread's whole program; a worker of Node 20 cannot load TypeScript. */
const HELPER = `
const { parentPort, workerData } = require('node:worker_threads');
const { exports } = new WebAssembly.Instance(workerData.module, { env: { memory: workerData.memory } });
parentPort.once('message', (thread) => exports.serve(thread));
parentPort.postMessage('ready');
`;

/** Threads that do not keep the process alive. */
export const spawnNodeThread: SpawnThread = (start) => {
  const worker = new Worker(HELPER, { eval: true, workerData: start });
  worker.unref();
  const ready = new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
  return { ready, serve: (number) => worker.postMessage(number), terminate: () => void worker.terminate() };
};

/** The build that this engine can run, or the one asked for. */
export async function loadModule(
  kind: 'relaxed' | 'plain' = hasRelaxedSimd() ? 'relaxed' : 'plain',
): Promise<WebAssembly.Module> {
  execFileSync(process.execPath, [BUILD_SCRIPT], { stdio: ['ignore', 'inherit', 'inherit'] });
  return WebAssembly.compile(await readFile(new URL(`kernels.${kind}.wasm`, BUILD_FOLDER)));
}

let started: Promise<SimdBackend> | null = null;

/** Registers the backend `simd` with tfjs and makes it the current one; further calls return the same one. */
export function startSimd(threads = 2): Promise<SimdBackend> {
  started ??= (async () => {
    const backend = new SimdBackend(await loadModule());
    await backend.startThreads(threads, spawnNodeThread);
    registerSimdKernels();
    registerBackend('simd', () => backend);
    await setBackend('simd');
    return backend;
  })();
  return started;
}

/** What `describeBackends` calls. */
export async function start(): Promise<void> {
  await startSimd();
}
