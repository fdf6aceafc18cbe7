/**
 * Milliseconds of a training step of the starter where all or a part of it learns, on `simd` in Node: packing, forward, backward, clipping, AdamW
 * and reading the loss. The kinds take turns, so that noise hits all; each time is the fastest of the rounds.
 */
import { memory } from '@tensorflow/tfjs-core';
import { parseConfig } from '../src/engine/models/config.ts';
import { createClassifier } from '../src/engine/models/create-classifier.ts';
import type { Learning } from '../src/engine/models/learning.ts';
import { readWeights } from '../src/engine/models/weights.ts';
import { startSimd } from '../src/engine/testing/node/simd.ts';
import { completeArguments, type LabelledRows } from '../src/engine/train/arguments.ts';
import { encodeRows } from '../src/engine/train/row-batches.ts';
import { createTrainingStep } from '../src/engine/train/training-step.ts';
import { openModel } from '../src/headless/disk.ts';
import { createRandom } from '../src/lib/random.ts';

const lora = { kind: 'lora', r: 8, alpha: 16, dropout: 0, targets: 'auto' } as const;

const KINDS: readonly (readonly [name: string, learning: Learning])[] = [
  ['all', { kind: 'all' }],
  ['last 2 layers', { kind: 'last', layers: 2 }],
  ['last layer', { kind: 'last', layers: 1 }],
  ['LoRA, query and value', lora],
  ['LoRA with dropout', { ...lora, dropout: 0.1 }],
  ['LoRA, all linear', { ...lora, targets: 'all-linear' }],
  ['head', { kind: 'head' }],
];

export interface WhatLearnsTimes {
  readonly threads: number;
  readonly tokens: number;
  /** Of encoding the batch once, which the head's training does for each row before its first step. */
  readonly encodeMs: number;
  readonly rows: readonly {
    readonly name: string;
    readonly ms: number;
    readonly learningCount: number;
    /** In the backend's memory between two steps: weights and moments, in MiB. */
    readonly mebibytes: number;
  }[];
}

/** Rows of 6 to 30 tokens, 18 on average, as the sample's. */
function makeRows(count: number, vocabulary: number): LabelledRows {
  const random = createRandom(1);
  const offsets = new Uint32Array(count + 1);
  for (let row = 0; row < count; row++) offsets[row + 1] = offsets[row]! + 6 + random.below(25);
  const ids = Int32Array.from({ length: offsets[count]! }, () => random.below(vocabulary));
  return { ids, offsets, targets: { kind: 'single', labels: Int32Array.from({ length: count }, () => random.below(2)) } };
}

export async function measureWhatLearns(rounds: number): Promise<WhatLearnsTimes> {
  const backend = await startSimd();
  const folder = await openModel('public/models/starter');
  const weights = readWeights(parseConfig(folder.config), folder.weights);
  const rows = makeRows(32, weights.config.vocab_size);
  const indices = Uint32Array.from({ length: 32 }, (_, row) => row);
  const args = completeArguments({});
  const steps = [];
  let encodeMs = Infinity;
  for (const [name, learning] of KINDS) {
    const before = backend.memory().heapBytesUsed;
    const model = createClassifier(weights, { classCount: 2, keepClassifier: false, seed: 1, learning });
    let own: LabelledRows = rows;
    if (!model.encoderLearns) {
      for (let round = 0; round < rounds; round++) {
        const from = performance.now();
        own = await encodeRows(model, rows, {});
        encodeMs = Math.min(encodeMs, performance.now() - from);
      }
    }
    const step = createTrainingStep(model, own, args);
    const run = async (): Promise<number> => {
      const from = performance.now();
      const taken = await step.take([indices], 1e-5);
      await taken.read();
      taken.dispose();
      return performance.now() - from;
    };
    await run();
    const mebibytes = (backend.memory().heapBytesUsed - before) / 2 ** 20;
    steps.push({ name, run, learningCount: model.learningCount, mebibytes, ms: Infinity });
  }
  const tensors = memory().numTensors;
  for (let round = 0; round < rounds; round++) {
    for (const each of steps) each.ms = Math.min(each.ms, await each.run());
  }
  if (memory().numTensors !== tensors) throw new Error('steps left tensors in memory');
  return {
    threads: backend.jobs.threads,
    tokens: rows.ids.length,
    encodeMs,
    rows: steps.map(({ name, ms, learningCount, mebibytes }) => ({ name, ms, learningCount, mebibytes })),
  };
}
