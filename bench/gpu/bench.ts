/** What `npm run bench:gpu` measures, in order, and how it is printed. */
import { parseArgs } from 'node:util';
import { setBackend } from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { adapterName } from '../../src/engine/backend/choose.ts';
import { startWebgpu } from '../../src/engine/backend/webgpu/start.ts';
import { nodeGpu } from '../../src/engine/testing/node/webgpu.ts';
import { BERT_BASE, countBertBase, countTapes } from './counted.ts';
import { measureOps } from './ops.ts';
import { measurePeaks, type Peaks } from './peaks.ts';
import { equalRows, paddingOf, sampleRows, shuffled } from './rows.ts';
import { measureStep, type StepTime } from './step.ts';
import { startStock } from './stock-backend.ts';
import { timeTorch } from './torch.ts';
import { tuneAndPrint } from './tune.ts';

const COMMON = { hidden_dropout_prob: 0.1, attention_probs_dropout_prob: 0, type_vocab_size: 2, layer_norm_eps: 1e-12 };
const BASE = { ...BERT_BASE, ...COMMON };
const MINILM = { ...BASE, hidden_size: 384, num_hidden_layers: 6, intermediate_size: 1536 };
/** Half of BERT-tiny with few words: what a software adapter takes. */
const TOY = { ...BASE, vocab_size: 1000, hidden_size: 64, num_hidden_layers: 2, num_attention_heads: 2, intermediate_size: 256 };

interface StepCase {
  readonly title: string;
  readonly config: typeof TOY;
  /** [rows, tokens]; null: shuffled rows of the sample. */
  readonly shape: readonly [number, number] | null;
}

const SOFTWARE_STEPS: readonly StepCase[] = [
  { title: 'toy BERT, 8 rows of the sample', config: TOY, shape: null },
  { title: 'toy BERT, 4 x 32', config: TOY, shape: [4, 32] },
];
const HARDWARE_STEPS: readonly StepCase[] = [
  { title: 'BERT-base, 32 x 128', config: BASE, shape: [32, 128] },
  { title: 'BERT-base, 8 x 512', config: BASE, shape: [8, 512] },
  { title: 'BERT-base, 16 x 64', config: BASE, shape: [16, 64] },
  { title: 'MiniLM-L6, 16 x 64', config: MINILM, shape: [16, 64] },
  { title: 'MiniLM-L6, 8 rows of the sample', config: MINILM, shape: null },
];

const OP_SIZES = {
  software: { B: 4, S: 32, H: 64, A: 2, F: 256, V: 500 },
  hardware: { B: 32, S: 128, H: 768, A: 12, F: 3072, V: 30522 },
};

export async function bench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' }, tune: { type: 'boolean' } } });
  const started = await startWebgpu(nodeGpu());
  if (!started)
    throw new Error('Dawn found no adapter: name a Vulkan driver by VK_DRIVER_FILES, or install Chromium by `npm test`');
  const { backend, info } = started;
  const kind = info.isFallbackAdapter ? 'software' : 'hardware';
  console.log(`${adapterName(info)} (${kind}), Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`);
  console.log(`features: ${[...backend.device.features].join(', ') || 'none of those asked for'}`);

  const peaks = await measurePeaks(backend);
  console.log(`multiply-adds ${peaks.gigaflops.toFixed(1)} GFLOP/s, copy ${peaks.gigabytes.toFixed(1)} GB/s\n`);

  const tiles = values.tune ? await tuneAndPrint(backend, kind) : null;

  const stock = await startStock(nodeGpu());
  console.log('each op, forward and backward, by the wall: ms ours, ms stock tfjs, stock / ours');
  const ops = await measureOps(backend, stock.device, OP_SIZES[kind], kind === 'software' ? 2 : 10);
  for (const { op, ours, stock: theirs } of ops) row(op, ours, theirs, theirs / ours);

  const steps = [];
  for (const each of kind === 'software' ? SOFTWARE_STEPS : HARDWARE_STEPS)
    steps.push(await measure(each, kind, backend, stock, peaks));

  await setBackend('webgpu');
  const rows = await sampleRows(TOY.vocab_size);
  const padding = paddingOf(rows, 32);
  const tapes = await countTapes(rows, 32, 500);
  const [large, small] = [await countBertBase(32, 128), await countBertBase(8, 128)];
  console.log(
    `\nBERT-base 32 x 128, counted: ${large.dispatches} dispatches, ${gigabytes(large.peakBytes)}, replay ${large.javascriptMs.toFixed(2)} ms of JavaScript`,
  );
  console.log(`BERT-base 8 x 128, counted: ${gigabytes(small.peakBytes)}`);
  console.log(
    `sample, 32 rows: ${padding.toFixed(3)} tokens computed for each real one; ${tapes.batches} batches: ${tapes.recorded} recordings, ${tapes.tapes} tapes`,
  );

  const [first] = steps;
  const ratios = {
    vs_stock_tfjs: first?.stock ? first.stock / first.replayed : null,
    vs_pytorch: first?.torch ? first.torch.milliseconds / first.replayed : null,
  };
  console.log(
    `\nstock tfjs / ours ${ratios.vs_stock_tfjs?.toFixed(2) ?? 'not measured'}, PyTorch / ours ${ratios.vs_pytorch?.toFixed(2) ?? 'not measured'}`,
  );
  if (values.json) {
    const { dispatches, javascriptMs: replay_js_ms, peakBytes: peak_bytes } = large;
    console.log(
      JSON.stringify({
        ratios,
        dispatches,
        replay_js_ms,
        padding,
        peak_bytes,
        mfu: first?.mfu ?? null,
        adapter: adapterName(info),
        tiles,
        peaks,
        ops,
        steps,
        tapes,
      }),
    );
  }
}

/** Times one case and prints it. */
async function measure(
  { title, config, shape }: StepCase,
  kind: 'software' | 'hardware',
  backend: Parameters<typeof measureStep>[0],
  stock: WebGPUBackend,
  peaks: Peaks,
) {
  const rows = shape ? equalRows(shape[0], shape[1], config.vocab_size) : await sampleRows(config.vocab_size);
  const batches = shuffled(rows, shape ? shape[0] : 8, 0).slice(0, kind === 'software' ? 1 : 2);
  const repeats = kind === 'software' ? 2 : 8;
  const time = await measureStep(backend, stock, config, rows, batches, repeats);
  const torch = timeTorch(config, rows, batches, repeats);
  const mfu = time.flops / time.replayed / 1e6 / peaks.gigaflops;
  console.log(
    `\n${title}: ${time.tokens.toFixed(0)} real tokens, ${(time.flops / 1e9).toFixed(2)} GFLOP, ${(100 * mfu).toFixed(1)} % of the peak`,
  );
  row('replayed, run each time, ratio', time.replayed, time.eager, time.eager / time.replayed);
  if (time.stock) row('replayed, stock tfjs, ratio', time.replayed, time.stock, time.stock / time.replayed);
  if (torch)
    row(
      `replayed, PyTorch ${torch.torch} on ${torch.device} (1 thread), ratio`,
      time.replayed,
      torch.milliseconds,
      torch.milliseconds / time.replayed,
    );
  printProfile(time);
  return { title, ...time, torch, mfu };
}

function printProfile({ profile }: StepTime): void {
  if (!profile) return;
  console.log('  by kernel: dispatches, ms, GFLOP/s, GB/s');
  for (const { kernel, dispatches, milliseconds, gigaflopsPerSecond, gigabytesPerSecond } of profile.slice(0, 12)) {
    const rate = gigaflopsPerSecond > 0 ? gigaflopsPerSecond.toFixed(1) : '';
    console.log(
      `  ${kernel.padEnd(44)}${String(dispatches).padStart(5)}${milliseconds.toFixed(2).padStart(9)}${rate.padStart(9)}${gigabytesPerSecond.toFixed(2).padStart(8)}`,
    );
  }
}

function row(name: string, ours: number, theirs: number, ratio: number): void {
  console.log(
    `  ${name.padEnd(56)}${ours.toFixed(2).padStart(10)}${theirs.toFixed(2).padStart(10)}${ratio.toFixed(2).padStart(8)}`,
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
