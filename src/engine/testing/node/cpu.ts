/** The reference backend for tests: tfjs's own `cpu` with the engine's reference kernels. */
import '@tensorflow/tfjs-backend-cpu';
import { ready, setBackend } from '@tensorflow/tfjs-core';
import { registerCpuKernels } from '../../ops/register-cpu.ts';

let started: Promise<void> | null = null;

/** Makes the backend `cpu` usable; further calls wait for the first. */
export function start(): Promise<void> {
  started ??= (async () => {
    registerCpuKernels();
    await setBackend('cpu');
    await ready();
  })();
  return started;
}
