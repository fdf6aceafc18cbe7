/** Starts the chosen backend in a browser's worker and makes it tfjs's current one. Each comes in a chunk of its own. */
import { engine, removeBackend } from '@tensorflow/tfjs-core';
import { Problem } from '../../lib/problem.ts';
import { cpuTitle, probeCompute } from './choose.ts';
import type { GpuListener } from './webgpu/device.ts';
import type { ComputeChoice, ComputeInfo, TilesInfo, TuningStore } from './types.ts';

/**
 * Starts what `choice` gives here; 'auto' takes the CPU where the GPU does not start. A GPU in use before is given back with its tensors.
 * `onGpuEvent` hears of a lost device, full memory and errors, at any time later. Throws `Problem`; nothing is started then.
 */
export async function startBackend(choice: ComputeChoice, onGpuEvent: GpuListener, kept: TuningStore): Promise<ComputeInfo> {
  const info = await probeCompute(choice);
  if (info.backend !== 'webgpu') return startCpu(info.reason);
  try {
    await startGpu(onGpuEvent);
    const { restoreTiles } = await import('./webgpu/tuning.ts');
    const tiles = await restoreTiles(kept);
    return tiles ? { ...info, tiles } : info;
  } catch (problem) {
    if (choice !== 'auto' || !(problem instanceof Problem)) throw problem;
    return startCpu(`The CPU, because the graphics adapter (${info.title}) did not start: ${problem.found}.`);
  }
}

/** Measures which tiles suit the GPU that was started; null where none was. Throws the signal's reason, or a `Problem`. */
export async function tuneStarted(
  kept: TuningStore,
  options: { readonly signal: AbortSignal; readonly onProgress?: (done: number, total: number) => void },
): Promise<TilesInfo | null> {
  if (engine().backendName !== 'webgpu') return null;
  return (await import('./webgpu/tuning.ts')).tuneBackend(kept, options);
}

async function startGpu(onGpuEvent: GpuListener): Promise<void> {
  const { startWebgpu } = await import('./webgpu/start.ts');
  const started = await startWebgpu(navigator.gpu);
  if (!started) {
    throw new Problem({
      where: 'Compute',
      expected: 'the graphics adapter that was there a moment ago',
      found: 'none',
      fix: 'Choose "CPU" under "Compute", or reload the page.',
    });
  }
  started.listen(onGpuEvent);
}

async function startCpu(reason: string): Promise<ComputeInfo> {
  const { startSimd } = await import('./simd/start.ts');
  const threads = await startSimd();
  if (engine().backendNames().includes('webgpu')) removeBackend('webgpu');
  return { backend: 'simd', title: cpuTitle(threads), reason, threads };
}
