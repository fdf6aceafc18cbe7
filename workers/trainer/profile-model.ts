/** A profile of training: a copy of the model, a batch as a run would take it, some steps, and the hardware's peaks. */
import { profiling } from '../../src/engine/backend/profiling.ts';
import { createClassifier } from '../../src/engine/models/create-classifier.ts';
import type { ModelWeights } from '../../src/engine/models/weights.ts';
import { completeArguments, type LabelledRows } from '../../src/engine/train/arguments.ts';
import { equalRows } from '../../src/engine/train/equal-rows.ts';
import { profileStep } from '../../src/engine/train/profile-step.ts';
import { batchesOf, epochOrder } from '../../src/engine/train/sampler.ts';
import { learningOf } from '../../src/engine/train/what-learns.ts';
import type { Targets } from '../../src/lib/targets.ts';
import type { TokenizedDataset } from '../../src/protocol/tokenizer.ts';
import type { Profile, TrainSettings } from '../../src/protocol/trainer.ts';

/** Rows without a dataset are not longer than this, which is what most people's are not either. */
const SYNTHETIC_TOKENS = 128;

/** `data` null: made-up rows. What the copy learns is thrown away. */
export async function profileModel(
  weights: ModelWeights,
  settings: TrainSettings,
  data: TokenizedDataset | null,
  onProgress: (done: number, total: number) => void,
): Promise<Omit<Profile, 'compute'>> {
  const args = completeArguments(settings);
  const peaks = await profiling().measurePeaks();
  onProgress(0.3, 1);
  const learning = learningOf(args);
  const classCount = data?.classes.length ?? 2;
  const model = createClassifier(weights, { classCount, keepClassifier: false, seed: args.seed, learning });
  try {
    const length = Math.min(args.max_length, model.maxLength, SYNTHETIC_TOKENS);
    const rows = data ? firstBatch(data, settings) : equalRows(args.per_device_train_batch_size, length, model.vocabularySize);
    const profile = await profileStep(model, rows, args, { onProgress: (fraction) => onProgress(0.3 + 0.7 * fraction, 1) });
    return { ...profile, from: data ? 'dataset' : 'synthetic', peaks };
  } finally {
    model.dispose();
  }
}

/** The batch that a run with these settings would begin with. */
function firstBatch({ train, classes }: TokenizedDataset, settings: TrainSettings): LabelledRows {
  const order = epochOrder(train.offsets.length - 1, settings.seed, 0);
  const [indices] = batchesOf(order, settings.per_device_train_batch_size);
  return pick(train, indices ?? new Uint32Array(0), classes.length);
}

/** These rows alone, laid end to end. */
function pick({ ids, offsets, typeOneFrom, targets }: LabelledRows, indices: Uint32Array, C: number): LabelledRows {
  const picked = [...indices];
  const parts = picked.map((row) => ids.subarray(offsets[row], offsets[row + 1]));
  const ends = parts.reduce<number[]>((sums, part) => [...sums, (sums.at(-1) ?? 0) + part.length], [0]);
  return {
    ids: Int32Array.from(parts.flatMap((part) => [...part])),
    offsets: Uint32Array.from(ends),
    ...(typeOneFrom && { typeOneFrom: Uint32Array.from(picked, (row) => typeOneFrom[row] ?? 0) }),
    targets: pickTargets(targets, picked, C),
  };
}

function pickTargets({ kind, labels }: Targets, rows: readonly number[], C: number): Targets {
  if (kind === 'single') return { kind, labels: Int32Array.from(rows, (row) => labels[row] ?? 0) };
  return { kind, labels: Uint8Array.from(rows.flatMap((row) => [...labels.subarray(row * C, (row + 1) * C)])) };
}
