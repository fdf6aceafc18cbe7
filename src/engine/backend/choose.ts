/**
 * Which hardware a run would use, and why, in words. Asks the browser only, starts nothing and knows no tfjs, so that the page can
 * import it; start.ts starts what is chosen here.
 */
import { plural } from '../../lib/counts.ts';
import type { ComputeChoice, ComputeInfo, TilesInfo } from './types.ts';

/** What this asks of a browser; `globalThis` is one, a test gives its own. */
export interface Browser {
  readonly isSecureContext: boolean;
  readonly crossOriginIsolated: boolean;
  readonly navigator: { readonly hardwareConcurrency: number; readonly gpu?: Pick<GPU, 'requestAdapter'> };
}

type GpuFinding =
  { readonly kind: 'hardware' | 'software'; readonly title: string } | { readonly kind: 'absent'; readonly reason: string };

/** More threads than this do not pay on the small matrices of a classifier. */
const MOST_THREADS = 16;

/** Threads the machine has for us: 1 without cross-origin isolation, where memory cannot be shared. */
export function usableThreads(browser: Browser = globalThis): number {
  return browser.crossOriginIsolated ? Math.max(1, Math.min(browser.navigator.hardwareConcurrency, MOST_THREADS)) : 1;
}

/** "Apple M3", "nvidia ampere": what the adapter says of itself, which browsers keep short. */
export function adapterName({ description, vendor, architecture, device }: GPUAdapterInfo): string {
  const words = description || [vendor, architecture || device].filter(Boolean).join(' ');
  return words || 'unnamed adapter';
}

async function findGpu({ isSecureContext, navigator }: Browser): Promise<GpuFinding> {
  if (!navigator.gpu) {
    const reason = isSecureContext
      ? 'this browser has no WebGPU (Chrome and Edge from 113, Safari 26 and Firefox 141 have it)'
      : 'the page was opened over plain http, where browsers give no WebGPU; use https or localhost';
    return { kind: 'absent', reason };
  }
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (!adapter) return { kind: 'absent', reason: 'the browser found no graphics adapter that it trusts with WebGPU' };
  return { kind: adapter.info.isFallbackAdapter ? 'software' : 'hardware', title: `WebGPU · ${adapterName(adapter.info)}` };
}

/** Of a software adapter. */
const NOT_TUNABLE: TilesInfo = { kind: 'usual', text: 'chosen by size', tunable: false };

/** "CPU · 2 threads". */
export function cpuTitle(threads: number): string {
  return `CPU · ${plural(threads, 'thread')}`;
}

function cpuInfo(browser: Browser, reason: string): ComputeInfo {
  const threads = usableThreads(browser);
  const alone = threads === 1 && !browser.crossOriginIsolated ? ' One thread only: the page is not cross-origin isolated.' : '';
  return { backend: 'simd', title: cpuTitle(threads), reason: reason + alone, threads };
}

/** What `choice` gives on this machine. 'webgpu' falls back to the CPU where there is no adapter at all, and says so. */
export async function probeCompute(choice: ComputeChoice, browser: Browser = globalThis): Promise<ComputeInfo> {
  if (choice === 'cpu') return cpuInfo(browser, 'The CPU was chosen.');
  const gpu = await findGpu(browser);
  if (gpu.kind === 'absent') return cpuInfo(browser, `The CPU, because ${gpu.reason}.`);
  if (gpu.kind === 'hardware')
    return { backend: 'webgpu', title: gpu.title, reason: 'Your graphics adapter, through WebGPU.', threads: null };
  if (choice === 'webgpu') {
    const reason = 'WebGPU was chosen. Its adapter is software, so the CPU would be faster.';
    return { backend: 'webgpu', title: gpu.title, reason, threads: null, tiles: NOT_TUNABLE };
  }
  return cpuInfo(browser, 'The CPU, because the only WebGPU adapter is software, which is slower than our CPU kernels.');
}
