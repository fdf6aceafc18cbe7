/** Starts the chosen backend in a browser's worker and makes it tfjs's current one. Each comes in a chunk of its own. */
import { Problem } from '../../lib/problem.ts';
import { cpuTitle, probeCompute } from './choose.ts';
import type { GpuListener } from './webgpu/device.ts';
import type { ComputeChoice, ComputeInfo } from './types.ts';

/**
 * Starts what `choice` gives here. A backend started before is disposed with its tensors. `onGpuEvent` hears of a lost device, full memory
 * and errors, at any time later. Throws `Problem`; nothing is started then.
 */
export async function startBackend(choice: ComputeChoice, onGpuEvent: GpuListener): Promise<ComputeInfo> {
  const info = await probeCompute(choice);
  if (info.backend === 'webgpu') {
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
    return info;
  }
  const { startSimd } = await import('./simd/start.ts');
  const threads = await startSimd();
  return { ...info, threads, title: cpuTitle(threads) };
}
