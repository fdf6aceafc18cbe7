/** What the page asks of the worker that measures, and what it gets. */

import type { KernelTime, Peaks } from '../../src/engine/backend/kernel-times.ts';
import type { TorchBatch } from '../torch/steps.mjs';

export interface BenchRequest {
  readonly rounds: number;
  readonly batches: number;
  readonly batchSize: number;
  /** False: without the stock model, which takes most of the time. */
  readonly withStock: boolean;
  /** Pairs of steps with PyTorch for each case and number of threads. */
  readonly pairs: number;
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
  /** What a step calls, one thread, each call the fastest of ten; `rest` are the milliseconds of tfjs and all other JavaScript. */
  readonly profile: { readonly kernels: readonly KernelTime[]; readonly rest: number };
  /** One thread. */
  readonly peaks: Peaks;
  /** Against PyTorch, where Python has it. */
  readonly pairs: readonly PairResult[];
  readonly memory: {
    readonly steps: number;
    readonly tensors: readonly [number, number];
    readonly heapBytesUsed: readonly [number, number];
    readonly heapBytesReserved: readonly [number, number];
  };
}

/** A case against PyTorch. */
export interface PairResult {
  readonly title: string;
  readonly rows: number;
  readonly tokens: number;
  /** What PyTorch computes: rows padded to the longest, as Trainer pads them. */
  readonly paddedTokens: number;
  readonly flops: number;
  readonly byThreads: readonly {
    readonly threads: number;
    /** Milliseconds, the fastest. */
    readonly simd: number;
    readonly torch: number;
    /** torch / simd of the fastest, and the median over pairs. */
    readonly ratio: number;
    readonly median: number;
  }[];
}

/** What bench/torch/steps.mjs does: opens a model, or takes one step. */
export type TorchRequest =
  | { readonly config: Readonly<Record<string, unknown>>; readonly batches: readonly TorchBatch[] }
  | { readonly step: number; readonly threads: number };
/** Milliseconds of a step, 0 of opening; null where there is no PyTorch. */
export type TorchAnswer = number | null;

export type BenchAnswer =
  | { readonly result: BenchResult }
  | { readonly error: string }
  | { readonly progress: string }
  | { readonly torch: TorchRequest };
