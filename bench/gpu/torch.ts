/** PyTorch's step on the same rows, padded as Trainer pads them. */
import type { LabelledRows } from '../../src/engine/train/arguments.ts';
import { paddedBatch } from '../torch/padded.ts';
import type { TorchSteps } from '../torch/steps.mjs';

export interface TorchTime {
  /** The fastest step of each batch, the mean over the batches. */
  readonly milliseconds: number;
  /** 'cpu' or 'cuda'. */
  readonly device: string;
  readonly torch: string;
}

/** On one thread where it is the CPU. */
export async function timeTorch(
  steps: TorchSteps,
  config: Readonly<Record<string, unknown>>,
  rows: LabelledRows,
  batches: readonly Uint32Array[],
  repeats: number,
): Promise<TorchTime> {
  await steps.open(
    config,
    batches.map((indices) => paddedBatch(rows, indices)),
  );
  let sum = 0;
  for (const batch of batches.keys()) {
    await steps.step(batch, 1);
    let best = Infinity;
    for (let repeat = 0; repeat < repeats; repeat++) best = Math.min(best, (await steps.step(batch, 1)).milliseconds);
    sum += best;
  }
  return { milliseconds: sum / batches.length, device: steps.device, torch: steps.torch };
}
