/** Measures training steps of the starter, ours on `simd` and the stock model on `wasm`, taking turns so that noise hits all. */
import * as tf from '@tensorflow/tfjs';
import Papa from 'papaparse';
import type { SimdBackend } from '../../src/engine/backend/simd/backend.ts';
import { sumByKernel, type KernelCall } from '../../src/engine/backend/kernel-times.ts';
import { hasRelaxedSimd } from '../../src/engine/backend/simd/relaxed.ts';
import { startSimdBackend } from '../../src/engine/backend/simd/start.ts';
import { disposeBatch, makeBatch, type Classifier } from '../../src/engine/models/classifier.ts';
import { parseConfig } from '../../src/engine/models/config.ts';
import { createClassifier } from '../../src/engine/models/create-classifier.ts';
import type { ModelConfig } from '../../src/engine/models/family.ts';
import { readWeights, type WeightSource } from '../../src/engine/models/weights.ts';
import { unitGradient } from '../../src/engine/ops/cross-entropy/cross-entropy.ts';
import { lossAndGradients } from '../../src/engine/train/gradients.ts';
import { equalRows } from '../../src/engine/train/equal-rows.ts';
import { createAdamW } from '../../src/engine/train/optimizer.ts';
import { batchesOf, epochOrder } from '../../src/engine/train/sampler.ts';
import { openStarter } from '../../src/hub/starter.ts';
import { createTokenizer } from '../../src/text/tokenizer.ts';
import { completeTokenizer } from '../../src/text/complete-tokenizer.ts';
import { packBatch } from '../../src/text/packing.ts';
import type { TokenRows } from '../../src/text/types.ts';
import { randomWeights } from '../random-model.ts';
import { createStockBert, type StockBatch } from '../stock/bert.ts';
import { startWasm } from '../stock/wasm.ts';
import type { BenchAnswer, BenchRequest, BenchResult, PairResult } from './messages.ts';
import { measurePairs, type PairCase } from './pairs.ts';

const LEARNING_RATE = 2e-5;
const MAX_LENGTH = 128;
const MEMORY_STEPS = 50;
const OWN_REPEATS = 3;
const PROFILE_STEPS = 10;
/** Beside the starter on the sample: what their configs change of the starter's. */
const EQUAL_ROWS = [
  ['starter', {}],
  ['MiniLM-L6', { num_hidden_layers: 6, vocab_size: 30522 }],
] as const;

function answer(message: BenchAnswer): void {
  self.postMessage(message);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function lengthsOf(rows: TokenRows, indices: Uint32Array): number[] {
  return Array.from(indices, (row) => rows.offsets[row + 1]! - rows.offsets[row]!);
}

/** A step as the trainer makes it: pack, upload, loss, gradients, AdamW, read the loss. */
function createTrainStep(
  model: Classifier,
  rows: TokenRows,
  labels: Int32Array,
): { readonly step: (indices: Uint32Array) => number; readonly dispose: () => void } {
  const optimizer = createAdamW(model.parameters, { weightDecay: 0.01, maxGradNorm: 1 });
  const unit = unitGradient();
  let step = 0;
  const take = (indices: Uint32Array): number => {
    const batch = makeBatch(packBatch(rows, indices, 1), model);
    const batchLabels = tf.tensor(Int32Array.from(indices, (row) => labels[row]!));
    const rng = tf.tensor(Int32Array.of(1, 0, step++));
    const { loss, gradients } = lossAndGradients(model, batch, batchLabels, rng, unit);
    const norm = optimizer.step(gradients, LEARNING_RATE);
    const value = loss.dataSync<'float32'>()[0]!;
    for (const each of [...gradients, batchLabels, rng, loss, norm]) each.dispose();
    disposeBatch(batch);
    return value;
  };
  return {
    step: take,
    dispose: () => {
      unit.dispose();
      optimizer.dispose();
    },
  };
}

function stockBatch(rows: TokenRows, labels: Int32Array, indices: Uint32Array): StockBatch {
  const lengths = lengthsOf(rows, indices);
  const S = Math.max(...lengths);
  const ids = new Int32Array(indices.length * S);
  const mask = new Float32Array(indices.length * S);
  indices.forEach((row, i) => {
    ids.set(rows.ids.subarray(rows.offsets[row], rows.offsets[row + 1]), i * S);
    mask.fill(1, i * S, i * S + lengths[i]!);
  });
  return {
    ids: tf.tensor2d(ids, [indices.length, S], 'int32'),
    mask: tf.tensor2d(mask, [indices.length, S]),
    labels: tf.tensor1d(
      Int32Array.from(indices, (row) => labels[row]!),
      'int32',
    ),
  };
}

function timed<Argument>(work: (argument: Argument) => unknown, argument: Argument): number {
  const from = performance.now();
  work(argument);
  return performance.now() - from;
}

/** The stock model on one thread of `wasm`, with its padded batches. `wasm` is the current backend afterwards. */
async function createStock(
  config: ModelConfig,
  weights: WeightSource,
  classifier: Float32Array,
  rows: TokenRows,
  labels: Int32Array,
  batches: readonly Uint32Array[],
): Promise<{ readonly firstLoss: () => number; readonly step: (batch: number) => number }> {
  await startWasm(1);
  const stock = createStockBert(config, (name) => weights.tensor(name).data, classifier, LEARNING_RATE);
  const padded = batches.map((indices) => stockBatch(rows, labels, indices));
  return { firstLoss: () => stock.evaluate(padded[0]!), step: (batch) => stock.trainStep(padded[batch]!) };
}

async function bench(request: BenchRequest): Promise<BenchResult> {
  const folder = await openStarter(new URL(request.starter));
  const csv = await (await fetch(request.sample)).text();
  const table = Papa.parse<{ text: string; label: string }>(csv, { header: true, skipEmptyLines: true }).data;
  const rows = createTokenizer(completeTokenizer(folder, 'bert')).encode(
    table.map(({ text }) => text),
    MAX_LENGTH,
  );
  const labels = Int32Array.from(table, ({ label }) => (label === 'positive' ? 1 : 0));
  const config = parseConfig(folder.config);
  const weights = readWeights(config, folder.weights);
  const batches = batchesOf(epochOrder(table.length, 1, 0), request.batchSize).slice(0, request.batches);

  const backend = await startSimdBackend();
  const threads = backend.jobs.threads;
  const model = createClassifier(weights, { classCount: 2, keepClassifier: false, seed: 1 });
  const classifier = await model.parameters.find(({ name }) => name === 'classifier.weight')!.tensor.data();
  const { step: ownStep } = createTrainStep(model, rows, labels);

  const stock = request.withStock
    ? await createStock(config, folder.weights, Float32Array.from(classifier), rows, labels, batches)
    : null;

  answer({ progress: 'warming up' });
  const stockLoss = stock?.firstLoss() ?? NaN;
  stock?.step(0);
  await tf.setBackend('simd');
  const ownLoss = evaluateOwn(model, rows, labels, batches[0]!);
  for (let i = 0; i < 3; i++) ownStep(batches[0]!);

  const fastest = batches.map(() => ({ simdOne: Infinity, simdAll: Infinity, stockOne: stock ? Infinity : NaN }));
  for (let round = 0; round < request.rounds; round++) {
    answer({ progress: `round ${round + 1} of ${request.rounds}` });
    for (const [i, indices] of batches.entries()) {
      const best = fastest[i]!;
      await tf.setBackend('simd');
      // Several of ours for one of theirs, which takes longer than all of them.
      for (let repeat = 0; repeat < OWN_REPEATS; repeat++) {
        backend.jobs.threads = 1;
        best.simdOne = Math.min(best.simdOne, timed(ownStep, indices));
        backend.jobs.threads = threads;
        best.simdAll = Math.min(best.simdAll, timed(ownStep, indices));
      }
      if (!stock) continue;
      await tf.setBackend('wasm');
      best.stockOne = Math.min(best.stockOne, timed(stock.step, i));
    }
  }
  await tf.setBackend('simd');

  answer({ progress: 'memory' });
  const look = () => ({ tensors: tf.memory().numTensors, ...backend.memory() });
  for (const indices of batches) ownStep(indices);
  const before = look();
  for (let step = 0; step < MEMORY_STEPS; step++) ownStep(batches[step % batches.length]!);
  const after = look();

  backend.jobs.threads = 1;
  const peaks = await backend.measurePeaks();
  const profile = await profileStep(backend, () => ownStep(batches[0]!));
  backend.jobs.threads = threads;

  answer({ progress: 'PyTorch: starter, sample' });
  const indices = batches[0]!;
  const starter: PairCase = {
    title: `starter, ${request.batchSize} rows of the sample`,
    config: folder.config,
    rows: { ...rows, targets: { kind: 'single', labels } },
    indices,
    flops: model.stepFlops(lengthsOf(rows, indices)),
    step: ownStep,
  };
  const pairs = await againstTorch(backend, starter, starter.config, request.pairs);

  const flops = batches.map((indices) => model.stepFlops(lengthsOf(rows, indices)));
  const tokens = batches.map((indices) => lengthsOf(rows, indices).reduce((sum, length) => sum + length, 0));
  return {
    threads,
    relaxed: hasRelaxedSimd(),
    tokens: mean(tokens),
    paddedTokens: mean(batches.map((indices) => indices.length * Math.max(...lengthsOf(rows, indices)))),
    flops: mean(flops),
    ms: {
      simdOne: mean(fastest.map(({ simdOne }) => simdOne)),
      simdAll: mean(fastest.map(({ simdAll }) => simdAll)),
      stockOne: mean(fastest.map(({ stockOne }) => stockOne)),
    },
    losses: { simd: ownLoss, stock: stockLoss },
    profile,
    peaks,
    pairs,
    memory: {
      steps: MEMORY_STEPS,
      tensors: [before.tensors, after.tensors],
      heapBytesUsed: [before.heapBytesUsed, after.heapBytesUsed],
      heapBytesReserved: [before.heapBytesReserved, after.heapBytesReserved],
    },
  };
}

/** The loss without dropout, before any step: both models must agree on it. */
function evaluateOwn(model: Classifier, rows: TokenRows, labels: Int32Array, indices: Uint32Array): number {
  const batch = makeBatch(packBatch(rows, indices, 1), model);
  const value = tf.tidy(() => {
    const hot = tf.oneHot(
      tf.tensor1d(
        Int32Array.from(indices, (row) => labels[row]!),
        'int32',
      ),
      2,
    );
    return tf.losses.softmaxCrossEntropy(hot, model.logits(batch, null)).dataSync<'float32'>()[0]!;
  });
  disposeBatch(batch);
  return value;
}

/** What a step calls, each call the fastest of several steps. */
async function profileStep(backend: SimdBackend, step: () => void): Promise<BenchResult['profile']> {
  let fastest: readonly KernelCall[] = [];
  let whole = Infinity;
  for (let repeat = 0; repeat < PROFILE_STEPS; repeat++) {
    const calls = await backend.profile(async () => void (whole = Math.min(whole, timed(step, undefined))));
    const before = fastest;
    fastest = calls.map((call, i) => (before[i] && before[i].milliseconds! < call.milliseconds! ? before[i] : call));
  }
  const kernels = sumByKernel(fastest);
  return { kernels, rest: whole - kernels.reduce((sum, { milliseconds }) => sum + milliseconds!, 0) };
}

function describePair({ title, byThreads }: PairResult): string {
  const each = byThreads.map(({ threads, simd, torch, ratio }) => {
    return `${threads}: ${simd.toFixed(0)} and ${torch.toFixed(0)} ms, ${ratio.toFixed(2)}`;
  });
  return `${title}, threads: simd and PyTorch, PyTorch / simd: ${each.join('; ')}`;
}

/** The starter on the sample's first batch and on equally long rows, and MiniLM's shape; the last two leave padding nothing to do. */
async function againstTorch(
  backend: SimdBackend,
  starter: PairCase,
  rawConfig: Readonly<Record<string, unknown>>,
  pairs: number,
): Promise<PairResult[]> {
  const first = await measurePairs(backend, starter, pairs);
  if (!first) return [];
  const results = [first];
  answer({ progress: describePair(first) });
  for (const [name, changes] of EQUAL_ROWS) {
    answer({ progress: `PyTorch: ${name}` });
    const config = { ...rawConfig, ...changes };
    const parsed = parseConfig(config);
    const rows = equalRows(16, 64, parsed.vocab_size);
    const indices = Uint32Array.from({ length: 16 }, (_, row) => row);
    const model = createClassifier(randomWeights(parsed), { classCount: 2, keepClassifier: false, seed: 1 });
    const train = createTrainStep(model, rows, rows.targets.labels as Int32Array);
    const flops = model.stepFlops(lengthsOf(rows, indices));
    const pairCase = { title: `${name}, 16 x 64`, config, rows, indices, flops, step: train.step };
    const result = await measurePairs(backend, pairCase, pairs);
    if (result) {
      results.push(result);
      answer({ progress: describePair(result) });
    }
    train.dispose();
    model.dispose();
  }
  return results;
}

function begin({ data }: MessageEvent<BenchRequest>): void {
  bench(data).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) }),
  );
}

self.addEventListener('message', begin, { once: true });
