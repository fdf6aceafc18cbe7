/** Figures that need no GPU: BERT-base at its true size and 500 shuffled batches of the sample, on a device that only counts. */
import { createCountingDevice } from '../../src/engine/backend/webgpu/testing/counting-device.ts';
import { RecordedPrograms } from '../../src/engine/backend/webgpu/recorded-programs.ts';
import { installBackend } from '../../src/engine/backend/webgpu/start.ts';
import { createClassifier } from '../../src/engine/models/create-classifier.ts';
import { parseConfig } from '../../src/engine/models/config.ts';
import { countStep, type CountedStep } from '../../src/engine/testing/node/counted-step.ts';
import { completeArguments, type LabelledRows } from '../../src/engine/train/arguments.ts';
import { createTrainingStep } from '../../src/engine/train/training-step.ts';
import { shuffled } from './rows.ts';

export const BERT_BASE = {
  model_type: 'bert',
  vocab_size: 30522,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
  max_position_embeddings: 512,
};

export interface CountedTapes {
  readonly batches: number;
  /** At the end, and recordings made on the way. */
  readonly tapes: number;
  readonly recorded: number;
  /** Of all tapes, at most, and what the largest would need alone. */
  readonly bytes: number;
  readonly largest: number;
}

export function countBertBase(rows: number, length: number): Promise<CountedStep> {
  return countStep(BERT_BASE, rows, length, { repeats: 30 });
}

/** Steps of a small model over `count` shuffled batches: what is recorded depends on the rows' lengths only. */
export async function countTapes(rows: LabelledRows, batchSize: number, count: number): Promise<CountedTapes> {
  const { device, info } = createCountingDevice();
  const backend = await installBackend(device, info);
  const config = parseConfig({
    ...BERT_BASE,
    vocab_size: 1000,
    hidden_size: 128,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 512,
  });
  const weights = { config, values: new Map<string, Float32Array>(), classes: null, remarks: [] };
  const model = createClassifier(weights, { classCount: 2, keepClassifier: false, seed: 1 });
  const programs = new RecordedPrograms(backend);
  const trainingStep = createTrainingStep(model, rows, completeArguments({}), programs);
  const batches = Array.from({ length: Math.ceil((count * batchSize) / rows.targets.labels.length) }, (_, epoch) =>
    shuffled(rows, batchSize, epoch),
  ).flat();
  let [bytes, largest] = [0, 0];
  for (const indices of batches.slice(0, count)) {
    (await trainingStep.take([indices], 1e-4)).dispose();
    bytes = Math.max(bytes, programs.bytes);
    largest = Math.max(largest, ...programs.tapes.map((tape) => tape.bytes));
  }
  const result = { batches: count, tapes: programs.tapes.length, recorded: programs.recorded, bytes, largest };
  trainingStep.dispose();
  model.dispose();
  return result;
}
