/** What the page asks of the worker that measures, and what it gets. */

export interface BenchRequest {
  readonly rounds: number;
  readonly batches: number;
  readonly batchSize: number;
  /** False: ours alone, to look at its profile. */
  readonly withStock: boolean;
  /** Folder of the starter, and the sample's CSV. */
  readonly starter: string;
  readonly sample: string;
}

export interface BenchResult {
  readonly threads: number;
  readonly relaxed: boolean;
  /** Real tokens and nominal operations (ENGINE.md's formula) of the measured batches, a step. */
  readonly tokens: number;
  readonly paddedTokens: number;
  readonly flops: number;
  /** Milliseconds a step: the fastest of the rounds for each batch, averaged over the batches. */
  readonly ms: { readonly simdOne: number; readonly simdAll: number; readonly stockOne: number };
  /** Before training, without dropout. */
  readonly losses: { readonly simd: number; readonly stock: number };
  /** Milliseconds in each kernel of a step, one thread, each call the fastest of ten; `rest` is tfjs and all other JavaScript. */
  readonly profile: Readonly<Record<string, number>>;
  /** Operations that the profiled step really did in its matrix products: fewer than the formula has (encoder.ts says why). */
  readonly productFlops: number;
  readonly memory: {
    readonly steps: number;
    readonly tensors: readonly [number, number];
    readonly heapBytesUsed: readonly [number, number];
    readonly heapBytesReserved: readonly [number, number];
  };
}

export type BenchAnswer = { readonly result: BenchResult } | { readonly error: string } | { readonly progress: string };
