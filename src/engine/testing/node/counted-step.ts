/** A training step of a model of any size on the counting device: what it allocates and dispatches, without the GPU or the memory. */
import { createCountingDevice, type Counts } from '../../backend/webgpu/testing/counting-device.ts';
import { installBackend } from '../../backend/webgpu/start.ts';
import { createClassifier } from '../../models/create-classifier.ts';
import { parseConfig } from '../../models/config.ts';
import { parameterSpecs } from '../../models/families.ts';
import { sizeOfShape } from '../../models/parameters.ts';
import { completeArguments, type ArgumentName, type LabelledRows } from '../../train/arguments.ts';
import { learningOf } from '../../train/what-learns.ts';
import { encodeRows } from '../../train/row-batches.ts';
import { createTrainingStep } from '../../train/training-step.ts';

export interface CountedStep {
  /** Of the whole training: parameters, moments and the step. */
  readonly peakBytes: number;
  /** Of one step, once it is recorded. */
  readonly dispatches: number;
  /** Median milliseconds of JavaScript of a replayed step, inputs and results included; the device answers at once. */
  readonly javascriptMs: number;
}

/** `rowCount` rows of `length` tokens each, cut into micro-batches as the arguments say. Throws what the step throws. */
export async function countStep(
  source: Readonly<Record<string, unknown>>,
  rowCount: number,
  length: number,
  options: {
    readonly repeats?: number;
    readonly memory?: number;
    readonly args?: { readonly [Name in ArgumentName]?: unknown };
  } = {},
): Promise<CountedStep> {
  const { repeats = 3, args: given = {}, ...device } = options;
  const args = completeArguments(given);
  const microBatches = args.gradient_accumulation_steps;
  const config = parseConfig(source);
  const { device: gpu, info, counts } = createCountingDevice(device);
  const backend = await installBackend(gpu, info);
  const values = new Map(parameterSpecs(config, 2).map(({ name, shape }) => [name, new Float32Array(sizeOfShape(shape))]));
  const weights = { config, values, classes: ['a', 'b'], remarks: [] };
  const model = createClassifier(weights, { classCount: 2, keepClassifier: true, seed: 1, learning: learningOf(args) });
  values.clear();
  const rows = rowsOf(rowCount, length);
  const encoded = model.encoderLearns ? rows : await encodeRows(model, rows, { batchSize: args.per_device_eval_batch_size });
  const trainingStep = createTrainingStep(model, encoded, args);
  const all = Uint32Array.from({ length: rowCount }, (_, row) => row);
  const perBatch = Math.ceil(rowCount / microBatches);
  const batches = Array.from({ length: microBatches }, (_, i) => all.subarray(i * perBatch, (i + 1) * perBatch));
  const times: number[] = [];
  let before: Counts = { ...counts };
  try {
    for (let repeat = 0; repeat <= repeats; repeat++) {
      before = { ...counts };
      const from = performance.now();
      const taken = await trainingStep.take(batches, 1e-4);
      times.push(performance.now() - from);
      taken.dispose();
    }
  } finally {
    trainingStep.dispose();
    model.dispose();
    backend.flush();
  }
  const sorted = times.slice(1).sort((a, b) => a - b);
  return {
    peakBytes: counts.peakBytes,
    dispatches: counts.dispatches - before.dispatches,
    javascriptMs: sorted[Math.floor(sorted.length / 2)]!,
  };
}

function rowsOf(count: number, length: number): LabelledRows {
  return {
    ids: new Int32Array(count * length),
    offsets: Uint32Array.from({ length: count + 1 }, (_, row) => row * length),
    targets: { kind: 'single', labels: Int32Array.from({ length: count }, (_, row) => row % 2) },
  };
}
