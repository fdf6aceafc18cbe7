/** Measures training steps of the starter, ours on `simd` and the stock model on `wasm`, taking turns so that noise hits all. */
import * as tf from '@tensorflow/tfjs';
import Papa from 'papaparse';
import { createSimdBackend } from '../../src/engine/backend/simd/browser.ts';
import * as kernelNumbers from '../../src/engine/backend/simd/kernel-numbers.ts';
import { hasRelaxedSimd } from '../../src/engine/backend/simd/relaxed.ts';
import { createBertClassifier } from '../../src/engine/models/bert.ts';
import { disposeBatch, makeBatch, type Classifier } from '../../src/engine/models/classifier.ts';
import { parseConfig } from '../../src/engine/models/config.ts';
import { readBertWeights } from '../../src/engine/models/weights.ts';
import { unitGradient } from '../../src/engine/ops/cross-entropy/cross-entropy.ts';
import { registerSimdKernels } from '../../src/engine/ops/register-simd.ts';
import { lossAndGradients } from '../../src/engine/train/gradients.ts';
import { createAdamW } from '../../src/engine/train/optimizer.ts';
import { batchesOf, epochOrder } from '../../src/engine/train/sampler.ts';
import { openStarter } from '../../src/hub/starter.ts';
import { createTokenizer } from '../../src/text/tokenizer.ts';
import { packBatch } from '../../src/text/packing.ts';
import type { TokenRows } from '../../src/text/types.ts';
import { createStockBert, type StockBatch } from '../stock/bert.ts';
import { startWasm } from '../stock/wasm.ts';
import type { BenchAnswer, BenchRequest, BenchResult } from './messages.ts';

const LEARNING_RATE = 2e-5;
const MAX_LENGTH = 128;
const MEMORY_STEPS = 50;

function answer(message: BenchAnswer): void {
  self.postMessage(message);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function lengthsOf(rows: TokenRows, indices: Uint32Array): number[] {
  return Array.from(indices, (row) => rows.offsets[row + 1]! - rows.offsets[row]!);
}

/** A step as the trainer makes it: pack, upload, loss, gradients, AdamW, read the loss. */
function createTrainStep(model: Classifier, rows: TokenRows, labels: Int32Array): (indices: Uint32Array) => number {
  const optimizer = createAdamW(model.parameters, { weightDecay: 0.01, maxGradNorm: 1 });
  const unit = unitGradient();
  let step = 0;
  return (indices) => {
    const batch = makeBatch(packBatch(rows, indices, 1));
    const batchLabels = tf.tensor(Int32Array.from(indices, (row) => labels[row]!));
    const rng = tf.tensor(Int32Array.of(1, 0, step++));
    const { loss, gradients } = lossAndGradients(model, batch, batchLabels, rng, unit);
    const norm = optimizer.step(gradients, LEARNING_RATE);
    const value = loss.dataSync<'float32'>()[0]!;
    for (const each of [...gradients, batchLabels, rng, loss, norm]) each.dispose();
    disposeBatch(batch);
    return value;
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

function timed(work: () => unknown): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

async function bench(request: BenchRequest): Promise<BenchResult> {
  const folder = await openStarter(new URL(request.starter));
  const csv = await (await fetch(request.sample)).text();
  const table = Papa.parse<{ text: string; label: string }>(csv, { header: true, skipEmptyLines: true }).data;
  const rows = createTokenizer(folder.tokenizer).encode(
    table.map(({ text }) => text),
    MAX_LENGTH,
  );
  const labels = Int32Array.from(table, ({ label }) => (label === 'positive' ? 1 : 0));
  const config = parseConfig(folder.config);
  const weights = readBertWeights(config, folder.weights);
  const batches = batchesOf(epochOrder(table.length, 1, 0), request.batchSize).slice(0, request.batches);

  const backend = await createSimdBackend();
  registerSimdKernels();
  tf.registerBackend('simd', () => backend);
  await tf.setBackend('simd');
  const threads = backend.jobs.threads;
  const model = createBertClassifier(weights, { classCount: 2, keepClassifier: false, seed: 1 });
  const classifier = await model.parameters.find(({ name }) => name === 'classifier.weight')!.tensor.data();
  const ownStep = createTrainStep(model, rows, labels);

  await startWasm(1);
  const stock = createStockBert(config, weights.values, Float32Array.from(classifier), LEARNING_RATE);
  const stockBatches = batches.map((indices) => stockBatch(rows, labels, indices));
  const padded = stockBatches.map(({ ids }) => ids.size);

  answer({ progress: 'warming up' });
  const stockLoss = stock.evaluate(stockBatches[0]!);
  stock.trainStep(stockBatches[0]!);
  await tf.setBackend('simd');
  const ownLoss = evaluateOwn(model, rows, labels, batches[0]!);
  for (let i = 0; i < 3; i++) ownStep(batches[0]!);

  const times = batches.map(() => ({ simdOne: [] as number[], simdAll: [] as number[], stockOne: [] as number[] }));
  for (let round = 0; round < request.rounds; round++) {
    answer({ progress: `round ${round + 1} of ${request.rounds}` });
    for (const [i, indices] of batches.entries()) {
      await tf.setBackend('simd');
      // Several of ours for one of theirs, which takes longer than all of them.
      for (let repeat = 0; repeat < 3; repeat++) {
        backend.jobs.threads = 1;
        times[i]!.simdOne.push(timed(() => ownStep(indices)));
        backend.jobs.threads = threads;
        times[i]!.simdAll.push(timed(() => ownStep(indices)));
      }
      await tf.setBackend('wasm');
      times[i]!.stockOne.push(timed(() => stock.trainStep(stockBatches[i]!)));
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
  const profile = profileStep(backend, () => {
    for (const indices of batches) ownStep(indices);
  });

  const flops = batches.map((indices) => model.stepFlops(lengthsOf(rows, indices)));
  const tokens = batches.map((indices) => lengthsOf(rows, indices).reduce((sum, length) => sum + length, 0));
  const typical = (key: 'simdOne' | 'simdAll' | 'stockOne'): number => mean(times.map((each) => median(each[key])));
  return {
    threads,
    relaxed: hasRelaxedSimd(),
    tokens: mean(tokens),
    paddedTokens: mean(padded),
    flops: mean(flops),
    ms: { simdOne: typical('simdOne'), simdAll: typical('simdAll'), stockOne: typical('stockOne') },
    losses: { simd: ownLoss, stock: stockLoss },
    profile: Object.fromEntries(Object.entries(profile).map(([name, ms]) => [name, ms / batches.length])),
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
  const batch = makeBatch(packBatch(rows, indices, 1));
  const value = tf.tidy(() => {
    const hot = tf.oneHot(
      tf.tensor1d(
        Int32Array.from(indices, (row) => labels[row]!),
        'int32',
      ),
      2,
    );
    return tf.losses.softmaxCrossEntropy(hot, model.logits(batch, null) as tf.Tensor2D).dataSync<'float32'>()[0]!;
  });
  disposeBatch(batch);
  return value;
}

/** Milliseconds in each kernel while `work` runs. */
function profileStep(backend: Awaited<ReturnType<typeof createSimdBackend>>, work: () => void): Record<string, number> {
  const names = new Map(Object.entries(kernelNumbers).map(([name, number]) => [number, name.toLowerCase()]));
  const times: Record<string, number> = {};
  const { jobs } = backend;
  const run = jobs.run.bind(jobs);
  jobs.run = (kernel, tiles, params) => {
    const name = names.get(kernel) ?? String(kernel);
    times[name] = (times[name] ?? 0) + timed(() => run(kernel, tiles, params));
  };
  const all = timed(work);
  jobs.run = run;
  const inKernels = Object.values(times).reduce((sum, ms) => sum + ms, 0);
  return { ...times, rest: all - inKernels };
}

self.onmessage = ({ data }: MessageEvent<BenchRequest>) => {
  bench(data).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) }),
  );
};
