/** A whole training step, ours run each time and replayed, against the stock model: same rows, same shape, random weights. */
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { GpuBackend } from '../../src/engine/backend/webgpu/gpu-backend.ts';
import { profileTape, type KernelTime } from '../../src/engine/backend/webgpu/profile.ts';
import { RecordedPrograms } from '../../src/engine/backend/webgpu/recorded-programs.ts';
import { createClassifier } from '../../src/engine/models/create-classifier.ts';
import { parseConfig } from '../../src/engine/models/config.ts';
import { parameterSpecs } from '../../src/engine/models/families.ts';
import { sizeOfShape } from '../../src/engine/models/parameters.ts';
import { completeArguments, type LabelledRows } from '../../src/engine/train/arguments.ts';
import { createTrainingStep } from '../../src/engine/train/training-step.ts';
import { createRandom } from '../../src/lib/random.ts';
import { createStockBert, type StockConfig } from '../stock/bert.ts';
import { lengthsOf, stockBatch } from './rows.ts';
import { fastest } from './timing.ts';

export interface StepTime {
  /** Milliseconds a step, mean over the batches of the fastest. `stock` is null where it does not run. */
  readonly eager: number;
  readonly replayed: number;
  readonly stock: number | null;
  /** Real tokens and nominal operations of a step. */
  readonly tokens: number;
  readonly flops: number;
  readonly profile: readonly KernelTime[] | null;
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
  const random = createRandom(3);
  const values = new Map(
    parameterSpecs(parsed, 2).map(({ name, shape }) => {
      const start = name.endsWith('LayerNorm.weight') ? 1 : 0;
      return [name, Float32Array.from({ length: sizeOfShape(shape) }, () => start + 0.02 * random.normal())];
    }),
  );
  await tf.setBackend('webgpu');
  const weights = { config: parsed, values, classes: null, remarks: [] };
  let profile: readonly KernelTime[] | null = null;
  let flops = 0;
  const timeOurs = async (records: boolean): Promise<number> => {
    ours.recordsPrograms = records;
    const programs = ours.createPrograms();
    const model = createClassifier(weights, { classCount: 2, keepClassifier: false, seed: 1 });
    const trainingStep = createTrainingStep(model, rows, completeArguments({}), programs);
    const times: number[] = [];
    for (const indices of batches) {
      const take = async (): Promise<void> => {
        const taken = await trainingStep.take([indices], 1e-5);
        await taken.read();
        taken.dispose();
      };
      times.push(await fastest(ours.device, repeats, take));
    }
    flops = mean(batches.map((indices) => model.stepFlops(lengthsOf(rows, indices))));
    const [tape] = programs instanceof RecordedPrograms ? programs.tapes : [];
    if (tape) profile = await profileTape(ours, tape);
    trainingStep.dispose();
    model.dispose();
    ours.recordsPrograms = true;
    return mean(times);
  };
  const [eager, replayed] = [await timeOurs(false), await timeOurs(true)];
  const tokens = mean(batches.map((indices) => lengthsOf(rows, indices).reduce((sum, length) => sum + length, 0)));
  const stock = stockBackend && (await timeStock(stockBackend, config, values, rows, batches, repeats).catch(() => null));
  return { eager, replayed, stock, tokens, flops, profile };
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
