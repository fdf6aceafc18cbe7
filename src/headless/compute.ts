/** The engine's backends in Node: our SIMD kernels with threads of worker_threads, WebGPU through Dawn (npm's `webgpu`). */
import { availableParallelism } from 'node:os';
import { getBackend } from '@tensorflow/tfjs-core';
import { cpuTitle, probeCompute } from '../engine/backend/choose.ts';
import type { ComputeChoice, ComputeInfo, TuningStore } from '../engine/backend/types.ts';
import { startSimd } from '../engine/testing/node/simd.ts';
import type { Tune } from '../../workers/trainer/tuner.ts';
import { missingDriver } from '../engine/testing/node/webgpu-driver.ts';

/** Dawn where it can find a driver, else nothing: it is not even loaded then. */
async function findGpu(choice: ComputeChoice): Promise<GPU | null> {
  if (choice === 'cpu' || missingDriver() !== null) return null;
  return (await import('../engine/testing/node/webgpu.ts')).nodeGpu();
}

/** Starts what `choice` gives on this machine and makes it tfjs's current backend. `threads` of the CPU; null: all. Throws `Problem`. */
export async function startCompute(choice: ComputeChoice, threads: number | null): Promise<ComputeInfo> {
  const hardwareConcurrency = threads ?? availableParallelism();
  const gpu = await findGpu(choice);
  const navigator = { hardwareConcurrency, ...(gpu && { gpu }) };
  const info = await probeCompute(choice, { isSecureContext: true, crossOriginIsolated: true, navigator });
  if (info.backend === 'webgpu') {
    await (await import('../engine/testing/node/webgpu.ts')).start();
    return info;
  }
  const { jobs } = await startSimd(info.threads ?? 1);
  return { ...info, title: cpuTitle(jobs.threads), threads: jobs.threads };
}

const NOTHING_KEPT: TuningStore = { read: () => Promise.resolve(null), write: () => Promise.resolve() };

/** Measures the GPU that was started, for this process alone; null where there is none. */
export const tuneCompute: Tune = async (options) => {
  if (getBackend() !== 'webgpu') return null;
  return (await import('../engine/backend/webgpu/tuning.ts')).tuneBackend(NOTHING_KEPT, options);
};
