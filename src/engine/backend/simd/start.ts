/** Makes `simd` tfjs's current backend in a browser's worker. It is made once: its memory and its threads stay while another one is used. */
import { registerBackend, setBackend } from '@tensorflow/tfjs-core';
import { registerSimdKernels } from '../../ops/register-simd.ts';
import type { SimdBackend } from './backend.ts';
import { createSimdBackend } from './browser.ts';

let made: Promise<SimdBackend> | null = null;

async function make(): Promise<SimdBackend> {
  const backend = await createSimdBackend();
  registerSimdKernels();
  registerBackend('simd', () => backend);
  return backend;
}

/** Threads that really work, the worker's own included. Throws `Problem` when the kernels cannot be loaded; may be called again then. */
export async function startSimd(): Promise<number> {
  made ??= make();
  const backend = await made.catch((error: unknown) => {
    made = null;
    throw error;
  });
  if (!(await setBackend('simd'))) throw new Error("tfjs refused the backend 'simd'");
  return backend.jobs.threads;
}
