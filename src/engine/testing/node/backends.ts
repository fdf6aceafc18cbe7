/**
 * The same tests on every backend, in Node. A backend is a module that exports `start()`, which registers it with tfjs under its
 * name. One that cannot start fails its tests; only `missing` (a driver that this machine lacks) skips them, with the reason in
 * their title.
 */
import { setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe } from 'vitest';
import type { BackendName } from '../../backend/types.ts';
import { missingDriver } from './webgpu-driver.ts';

interface TestBackend {
  readonly name: BackendName;
  /** What this machine lacks for it, or null. */
  readonly missing: () => string | null;
  readonly start: () => Promise<void>;
}

const BACKENDS: readonly TestBackend[] = [
  { name: 'cpu', missing: () => null, start: async () => (await import('./cpu.ts')).start() },
  { name: 'simd', missing: () => null, start: async () => (await import('./simd.ts')).start() },
  { name: 'webgpu', missing: missingDriver, start: async () => (await import('./webgpu.ts')).start() },
];

/** Milliseconds for a test: a software GPU compiles shaders for minutes on a busy machine. */
const PATIENCE = 300_000;

/** Describes the suite once for each backend; before its tests run, the backend and the reference are up and it is current. */
export function describeBackends(title: string, tests: (backend: BackendName) => void): void {
  for (const { name, missing, start } of BACKENDS) {
    const lack = missing();
    describe.skipIf(lack !== null)(
      `${title} on ${name}${lack === null ? '' : ` (skipped: ${lack})`}`,
      { timeout: PATIENCE },
      () => {
        beforeAll(async () => {
          await (await import('./cpu.ts')).start();
          await start();
          if (!(await setBackend(name))) throw new Error(`the backend ${name} could not be set`);
        });
        tests(name);
      },
    );
  }
}
