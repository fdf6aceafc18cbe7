/**
 * Running kernels: writes a job's parameters, gives it to the WebAssembly instance and, through shared memory, to the helper threads
 * that are there. How threads come to be is not known here (threads.ts).
 */
import type { KernelCall, Work } from '../kernel-times.ts';
import type { Block, Heap } from './heap.ts';
import { PARAM_COUNT, PARAMS, SCRATCH_BASE, SCRATCH_STRIDE, THREAD_LIMIT } from './memory-map.ts';

/** What a thread needs before its kernels ask for more: the packed panels of a matrix product (blocks.ts). */
const LEAST_SCRATCH = 1024 * 1024;

interface KernelExports {
  readonly writeConstants: () => void;
  readonly runAlone: (kernel: number, tiles: number) => void;
  readonly runShared: (kernel: number, tiles: number, maySleep: number) => number;
}

function isExports(exports: WebAssembly.Exports): exports is WebAssembly.Exports & KernelExports {
  return ['writeConstants', 'runAlone', 'runShared'].every((name) => typeof exports[name] === 'function');
}

const floatView = new Float32Array(1);
const bitView = new Uint32Array(floatView.buffer);

/** A float as the 32 bits of a parameter. */
export function floatBits(value: number): number {
  floatView[0] = value;
  return bitView[0]!;
}

/** Browsers let only workers block; Node lets every thread. */
const MAY_SLEEP = 'document' in globalThis ? 0 : 1;

export class Jobs {
  private readonly heap: Heap;
  private readonly exports: KernelExports;
  private readonly params: Uint32Array;
  private readonly control: Uint32Array;
  private scratch: Block | null = null;
  private scratchStride = LEAST_SCRATCH;
  private limit = 1;
  /** Set while a profile is taken: hears of each job when it is done. */
  onJob: ((call: KernelCall) => void) | null = null;

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, heap: Heap) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    if (!isExports(exports))
      throw new Error('the WebAssembly module has not the kernels that this version expects; build it again');
    this.exports = exports;
    exports.writeConstants();
    this.heap = heap;
    this.params = new Uint32Array(memory.buffer, PARAMS, PARAM_COUNT);
    this.control = new Uint32Array(memory.buffer, 0, PARAMS / 4);
    this.placeScratch();
  }

  /** Threads that take part in a job, the caller included. */
  get threads(): number {
    return this.limit;
  }

  /** Helpers with a number of `count` or more sit out from now on. */
  set threads(count: number) {
    this.limit = count;
    this.placeScratch();
  }

  /** Sees to it that each thread has at least so many bytes of scratch. */
  reserveScratch(bytes: number): void {
    if (bytes <= this.scratchStride) return;
    this.placeScratch(Math.ceil(bytes / 65536) * 65536);
  }

  /**
   * Runs all tiles of a kernel (kernel-numbers.ts); returns when they are done. Parameters: addresses, integers, floatBits. `work` is for
   * who takes a profile.
   */
  run(kernel: number, tiles: number, params: readonly number[], work: Work): void {
    if (tiles === 0) return;
    const from = this.onJob ? performance.now() : 0;
    this.dispatch(kernel, tiles, params);
    this.onJob?.({ ...work, milliseconds: performance.now() - from });
  }

  private dispatch(kernel: number, tiles: number, params: readonly number[]): void {
    this.params.set(params);
    if (tiles === 1 || this.limit === 1) this.exports.runAlone(kernel, tiles);
    else if (!this.exports.runShared(kernel, tiles, MAY_SLEEP)) throw new Error('a CPU thread died in the middle of its work');
  }

  /** The old scratch goes when the new one is there: where memory does not suffice, it is still the threads'. */
  private placeScratch(stride = this.scratchStride): void {
    const placed = this.heap.allocate(this.limit * stride);
    if (this.scratch) this.heap.free(this.scratch);
    this.scratch = placed;
    this.scratchStride = stride;
    this.control[SCRATCH_BASE / 4] = this.scratch.address;
    this.control[SCRATCH_STRIDE / 4] = this.scratchStride;
    Atomics.store(this.control, THREAD_LIMIT / 4, this.limit);
  }
}
