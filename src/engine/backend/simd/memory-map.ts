/**
 * The first 64 KiB of the one WebAssembly memory: what the JavaScript side and the AssemblyScript side both know by address.
 * Everything above belongs to the heap (heap.ts). Plain numbers only: this file is compiled as TypeScript and as AssemblyScript.
 */

/** Control words of the threads (threads.simd.ts), each that changes often on a cache line of its own. */
export const GENERATION = 64;
export const ACTIVE = 128;
export const NEXT_TILE = 192;
/** What the current job is: kernel number, number of tiles. */
export const KERNEL = 256;
export const TILES = 260;
/** Helper threads with a number >= this one sit out. The caller is thread 0. */
export const THREAD_LIMIT = 264;
/** Thread t owns scratch from SCRATCH_BASE + t * SCRATCH_STRIDE (values stored at these addresses). */
export const SCRATCH_BASE = 268;
export const SCRATCH_STRIDE = 272;

/** 128 zero bytes, read as the start value of sums. */
export const ZEROS = 512;

/** The parameters of the current job, 32-bit each. */
export const PARAMS = 1024;
export const PARAM_COUNT = 64;

/** Floats that the vector functions use (constants.simd.ts). */
export const CONSTANTS = 2048;

export const HEAP_START = 65536;
