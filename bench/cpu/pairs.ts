/** Steps on `simd` and in PyTorch taking turns, on one thread each and on as many as there are: the noise of a busy machine hits both. */
import type { SimdBackend } from '../../src/engine/backend/simd/backend.ts';
import type { LabelledRows } from '../../src/engine/train/arguments.ts';
import { paddedBatch } from '../torch/padded.ts';
import type { PairResult } from './messages.ts';
import { openTorch, torchStep } from './torch-door.ts';

export interface PairCase {
  readonly title: string;
  /** As transformers reads it. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly rows: LabelledRows;
  readonly indices: Uint32Array;
  readonly flops: number;
  /** A step of ours on this batch. */
  readonly step: (indices: Uint32Array) => void;
}

/** Null without PyTorch. Each figure is the fastest of all its steps; `medians` are of the ratios within pairs. */
export async function measurePairs(
  { jobs }: SimdBackend,
  { title, config, rows, indices, flops, step }: PairCase,
  pairs: number,
): Promise<PairResult | null> {
  const batch = paddedBatch(rows, indices);
  if (!(await openTorch(config, [batch]))) return null;
  const all = jobs.threads;
  const lengths = Array.from(indices, (row) => rows.offsets[row + 1]! - rows.offsets[row]!);
  const byThreads = [];
  for (const threads of new Set([1, all])) {
    jobs.threads = threads;
    step(indices);
    await torchStep(0, threads);
    const ratios: number[] = [];
    let [simd, torch] = [Infinity, Infinity];
    for (let pair = 0; pair < pairs; pair++) {
      const from = performance.now();
      step(indices);
      const ours = performance.now() - from;
      const theirs = await torchStep(0, threads);
      ratios.push(theirs / ours);
      [simd, torch] = [Math.min(simd, ours), Math.min(torch, theirs)];
    }
    const median = ratios.sort((a, b) => a - b)[Math.floor(pairs / 2)]!;
    byThreads.push({ threads, simd, torch, ratio: torch / simd, median });
  }
  jobs.threads = all;
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  return { title, rows: indices.length, tokens, paddedTokens: indices.length * Math.max(...lengths), flops, byThreads };
}
