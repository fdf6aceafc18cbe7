/** What can be known of the memory that the current backend has, and what surely does not fit into it. */
import { engine } from '@tensorflow/tfjs-core';
import type { ProblemText } from '../../lib/problem.ts';

export type MemoryRoom =
  /** WebGPU tells the largest buffer, never how much memory there is in all. */
  | { readonly kind: 'webgpu'; readonly largestBuffer: number }
  /** The engine's one WebAssembly memory can grow to `heap`; `machine`: all of the machine's, null where it is not told. */
  | { readonly kind: 'cpu'; readonly heap: number; readonly machine: number | null };

interface GpuLike {
  readonly device: { readonly limits: { readonly maxBufferSize: number } };
}

interface HeapLike {
  readonly heap: { readonly bytesAtMost: number };
}

/** Browsers round `navigator.deviceMemory` and tell no more than this; the machine may then have more. */
const MOST_TOLD = 8 * 2 ** 30;

function machineMemory(): number | null {
  // Node 20 has no navigator.
  const { navigator } = globalThis as { readonly navigator?: { readonly deviceMemory?: number } };
  return navigator?.deviceMemory === undefined ? null : navigator.deviceMemory * 2 ** 30;
}

/** Null where the backend is none of ours. */
export function memoryRoom(): MemoryRoom | null {
  const { backend } = engine();
  if ('device' in backend) return { kind: 'webgpu', largestBuffer: (backend as GpuLike).device.limits.maxBufferSize };
  if ('heap' in backend) return { kind: 'cpu', heap: (backend as HeapLike).heap.bytesAtMost, machine: machineMemory() };
  return null;
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** Why so many bytes cannot be had, null where they may. */
export function tooMuchFor(room: MemoryRoom | null, bytes: number): ProblemText | null {
  if (room?.kind !== 'cpu') return null;
  const bound = room.machine !== null && room.machine < MOST_TOLD ? Math.min(room.heap, room.machine) : room.heap;
  if (bytes <= bound) return null;
  return {
    where: 'Memory for this run',
    expected: `at most ${gigabytes(bound)}, ${bound === room.heap ? 'the most that the CPU engine can have' : 'what this machine has'}`,
    found: gigabytes(bytes),
    fix: 'Take a smaller batch, a smaller max length, LoRA, or a smaller model.',
  };
}
