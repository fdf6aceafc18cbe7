/** A whole training step, ours run each time and replayed, against the stock model: same rows, same shape, random weights. */
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { GpuBackend } from '../../src/engine/backend/webgpu/gpu-backend.ts';
import { sumByKernel, type KernelTime } from '../../src/engine/backend/kernel-times.ts';
import { fastest } from '../../src/engine/backend/webgpu/wall-time.ts';
import { createClassifier } from '../../src/engine/models/create-classifier.ts';
import { parseConfig } from '../../src/engine/models/config.ts';
import { completeArguments, type LabelledRows } from '../../src/engine/train/arguments.ts';
import { createTrainingStep } from '../../src/engine/train/training-step.ts';
import { randomWeights } from '../random-model.ts';
import { createStockBert, type StockConfig } from '../stock/bert.ts';
import { lengthsOf, stockBatch } from './rows.ts';

export interface StepTime {
  /** Milliseconds a step, mean over the batches of the fastest. `stock` is null where it does not run. */
  readonly eager: number;
  readonly replayed: number;
  /** Of these, what the calling thread does before it waits for the device. */
  readonly eagerJavascript: number;
  readonly replayedJavascript: number;
  readonly stock: number | null;
  /** Real tokens and nominal operations of a step. */
  readonly tokens: number;
  readonly flops: number;
  readonly profile: readonly KernelTime[];
}

interface OurTime {
  readonly step: number;
  readonly javascript: number;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export async function measureStep(
  ours: GpuBackend,
  stockBackend: WebGPUBackend | null,
  config: StockConfig & Readonly<Record<string, unknown>>,
  rows: LabelledRows,
  batches: readonly Uint32Array[],
  repeats: number,
): Promise<StepTime> {
  const parsed = parseConfig({ ...config, model_type: 'bert' });
  const weights = randomWeights(parsed);
  const values = weights.values;
  await tf.setBackend('webgpu');
  let profile: readonly KernelTime[] = [];
  let flops = 0;
  const timeOurs = async (records: boolean): Promise<OurTime> => {
    ours.recordsPrograms = records;
    const programs = ours.createPrograms();
    const model = createClassifier(weights, { classCount: 2, keepClassifier: false, seed: 1 });
    const trainingStep = createTrainingStep(model, rows, completeArguments({}), programs);
    const times: number[] = [];
    let javascript = Infinity;
    const take = async (indices: Uint32Array): Promise<void> => {
      const from = performance.now();
      const taken = await trainingStep.take([indices], 1e-5);
      javascript = Math.min(javascript, performance.now() - from);
      await taken.read();
      taken.dispose();
    };
    for (const indices of batches) times.push(await fastest(ours.device, repeats, () => take(indices)));
    flops = mean(batches.map((indices) => model.stepFlops(lengthsOf(rows, indices))));
    if (records) profile = sumByKernel(await ours.profile(() => take(batches[0]!)));
    trainingStep.dispose();
    model.dispose();
    ours.recordsPrograms = true;
    return { step: mean(times), javascript };
  };
  const [eager, replayed] = [await timeOurs(false), await timeOurs(true)];
  const tokens = mean(batches.map((indices) => lengthsOf(rows, indices).reduce((sum, length) => sum + length, 0)));
  const stock = stockBackend && (await timeStock(stockBackend, config, values, rows, batches, repeats).catch(() => null));
  return {
    eager: eager.step,
    replayed: replayed.step,
    eagerJavascript: eager.javascript,
    replayedJavascript: replayed.javascript,
    stock,
    tokens,
    flops,
    profile,
  };
}

async function timeStock(
  backend: WebGPUBackend,
  config: StockConfig,
  values: ReadonlyMap<string, Float32Array>,
  rows: LabelledRows,
  batches: readonly Uint32Array[],
  repeats: number,
): Promise<number> {
  await tf.setBackend('stock');
  const H = config.hidden_size;
  /** Ours has query, key and value joined. */
  const weight = (name: string): Float32Array => {
    const part = ['query', 'key', 'value'].findIndex((each) => name.includes(`attention.self.${each}.`));
    const found = values.get(part < 0 ? name : name.replace(/self\.(query|key|value)/, 'self.qkv'));
    if (!found) throw new Error(`no weight ${name}`);
    const size = name.endsWith('.weight') ? H * H : H;
    return part < 0 ? found : found.slice(part * size, (part + 1) * size);
  };
  const stock = createStockBert(config, weight, values.get('classifier.weight')!, 1e-5);
  const times: number[] = [];
  for (const indices of batches) {
    const batch = stockBatch(rows, indices);
    const step = async (): Promise<void> => {
      const loss = stock.step(batch);
      await loss.data();
      loss.dispose();
    };
    times.push(await fastest(backend.device, repeats, step));
    tf.dispose(Object.values({ ...batch }));
  }
  stock.dispose();
  return mean(times);
}
