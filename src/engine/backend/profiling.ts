/**
 * Where the time of work on the current backend goes, kernel by kernel, and what the device could do at most. A backend that can tell
 * implements `Profiling`; who asks need not know which it is.
 */
import { engine } from '@tensorflow/tfjs-core';
import type { KernelCall, Peaks } from './kernel-times.ts';

export interface Profiling {
  /** Runs `work` and lists all kernels that it called, in order. */
  profile(work: () => Promise<unknown>): Promise<readonly KernelCall[]>;
  /** Takes a second or so of the whole device. */
  measurePeaks(): Promise<Peaks>;
}

function canProfile(backend: object): backend is Profiling {
  return 'profile' in backend && 'measurePeaks' in backend;
}

/** Of the current backend. */
export function profiling(): Profiling {
  const { backend, backendName } = engine();
  if (canProfile(backend)) return backend;
  throw new Error(`the backend ${backendName} cannot say where its time goes`);
}
