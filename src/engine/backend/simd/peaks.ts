/** What the processor does at most with all threads of the backend: multiply-adds in registers, and a copy. */
import type { Peaks, Work } from '../kernel-times.ts';
import { COPY_BLOCK } from './blocks.ts';
import type { Heap } from './heap.ts';
import type { Jobs } from './jobs.ts';
import { COPY, MULTIPLY_ADDS } from './kernel-numbers.ts';

/** More than most processors have as cache, and little enough to be had. */
const COPY_TILES = 128;
const ADD_TILES = 64;
const ROUNDS = 20_000;
/** Each round of a tile: twelve chains of four lanes, two operations each. */
const FLOPS_PER_ROUND = 96;
const REPEATS = 8;
const UNNAMED: Work = { label: 'peak', flops: 0, bytes: 0 };

interface Machine {
  readonly heap: Heap;
  readonly jobs: Jobs;
}

function fastest(work: () => void): number {
  let best = Infinity;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const from = performance.now();
    work();
    best = Math.min(best, performance.now() - from);
  }
  return best;
}

export function measureCpuPeaks({ heap, jobs }: Machine): Peaks {
  const sums = heap.allocate(ADD_TILES * 16);
  const addsMs = fastest(() => jobs.run(MULTIPLY_ADDS, ADD_TILES, [ROUNDS, sums.address], UNNAMED));
  heap.free(sums);
  const size = COPY_TILES * COPY_BLOCK;
  const [from, to] = [heap.allocate(size), heap.allocate(size)];
  const copyMs = fastest(() => jobs.run(COPY, COPY_TILES, [from.address, to.address], UNNAMED));
  for (const block of [from, to]) heap.free(block);
  return { gigaflops: (ADD_TILES * ROUNDS * FLOPS_PER_ROUND) / addsMs / 1e6, gigabytes: (2 * size) / copyMs / 1e6 };
}
