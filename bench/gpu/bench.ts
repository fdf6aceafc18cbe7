/** What `npm run bench:gpu` measures, in order, and how it is printed. Knows neither Node nor a page: they hand in what they have. */
import { setBackend } from '@tensorflow/tfjs';
import { adapterName } from '../../src/engine/backend/choose.ts';
import { ratesOf, type Peaks } from '../../src/engine/backend/kernel-times.ts';
import { startWebgpu } from '../../src/engine/backend/webgpu/start.ts';
import { equalRows } from '../../src/engine/train/equal-rows.ts';
import { BERT_BASE, countBertBase, countTapes } from './counted.ts';
import { compareWithJaxJs } from './jax-js.ts';
import { measureOps } from './ops.ts';
import type { TorchSteps } from '../torch/steps.mjs';
import { paddingOf, sampleRows, shuffled, type ReadPublic } from './rows.ts';
import { measureStep, type StepTime } from './step.ts';
import { startStock } from './stock-backend.ts';
import { timeTorch } from './torch.ts';
import { tuneAndPrint } from './tune.ts';

const COMMON = { hidden_dropout_prob: 0.1, attention_probs_dropout_prob: 0, type_vocab_size: 2, layer_norm_eps: 1e-12 };
const BASE = { ...BERT_BASE, ...COMMON };
const MINILM = { ...BASE, hidden_size: 384, num_hidden_layers: 6, intermediate_size: 1536 };
const STARTER = { ...MINILM, vocab_size: 16000, num_hidden_layers: 3 };
/** Half of BERT-tiny with few words: what a software adapter takes. */
const TOY = { ...BASE, vocab_size: 1000, hidden_size: 64, num_hidden_layers: 2, num_attention_heads: 2, intermediate_size: 256 };

interface StepCase {
  readonly title: string;
  readonly config: typeof TOY;
  /** [rows, tokens]; null: shuffled rows of the sample, so many a batch. */
  readonly shape: readonly [number, number] | null;
  readonly rows: number;
}

const SOFTWARE_STEPS: readonly StepCase[] = [
  { title: 'toy BERT, 8 rows of the sample', config: TOY, shape: null, rows: 8 },
  { title: 'toy BERT, 4 x 32', config: TOY, shape: [4, 32], rows: 4 },
];
const HARDWARE_STEPS: readonly StepCase[] = [
  { title: 'BERT-base, 32 x 128', config: BASE, shape: [32, 128], rows: 32 },
  { title: 'BERT-base, 8 x 512', config: BASE, shape: [8, 512], rows: 8 },
  { title: 'BERT-base, 16 x 64', config: BASE, shape: [16, 64], rows: 16 },
  { title: 'MiniLM-L6, 16 x 64', config: MINILM, shape: [16, 64], rows: 16 },
  { title: 'starter, 32 rows of the sample', config: STARTER, shape: null, rows: 32 },
];

const PRODUCTS = {
  software: [
    [128, 64, 256],
    [128, 256, 64],
  ],
  hardware: [
    [4096, 768, 3072],
    [4096, 3072, 768],
  ],
} as const;

const OP_SIZES = {
  software: { B: 4, S: 32, H: 64, A: 2, F: 256, V: 500 },
  hardware: { B: 32, S: 128, H: 768, A: 12, F: 3072, V: 30522 },
};

/** Where the benchmark runs. */
export interface Place {
  readonly gpu: GPU;
  /** "Node 20.20", "Chromium 156". */
  readonly runtime: string;
  readonly read: ReadPublic;
  /** Null without PyTorch. */
  readonly torch: TorchSteps | null;
  /** Whether the tiles of matrix products are timed on the adapter first. */
  readonly tune: boolean;
  readonly log: (line: string) => void;
}

export type BenchResult = Awaited<ReturnType<typeof runBench>>;

/** Measures all and prints as it goes; the result is what `--json` gives. */
export async function runBench({ gpu, runtime, read, torch, tune, log }: Place) {
  const started = await startWebgpu(gpu);
  if (!started)
    throw new Error('there is no adapter: in Node name a Vulkan driver by VK_DRIVER_FILES, or install Chromium by `npm test`');
  const { backend, info } = started;
  const kind = info.isFallbackAdapter ? 'software' : 'hardware';
  log(`${adapterName(info)} (${kind}), ${runtime}, ${new Date().toISOString().slice(0, 10)}`);
  log(`features: ${[...backend.device.features].join(', ') || 'none of those asked for'}`);

  const peaks = await backend.measurePeaks();
  log(`multiply-adds ${peaks.gigaflops.toFixed(1)} GFLOP/s, copy ${peaks.gigabytes.toFixed(1)} GB/s\n`);

  const tiles = tune ? await tuneAndPrint(backend, kind, log) : null;

  const row = (name: string, ours: number, theirs: number): void => log(comparison(name, ours, theirs));
  const stock = await startStock(gpu);
  const repeats = kind === 'software' ? 2 : 10;
  log('each op, forward and backward, by the wall: ms ours, ms stock tfjs, stock / ours');
  const ops = await measureOps(backend, stock.device, OP_SIZES[kind], repeats);
  for (const { op, ours, stock: theirs } of ops) row(op, ours, theirs);

  const products = await compareWithJaxJs(backend, PRODUCTS[kind], repeats);
  log('\na product alone: ms ours, ms jax-js, jax-js / ours');
  for (const { shape, ours, jaxJs } of products ?? [])
    row(`[${shape[0]}, ${shape[1]}] x [${shape[1]}, ${shape[2]}]`, ours, jaxJs);
  if (!products) log('  jax-js found no WebGPU here');

  const steps = [];
  for (const each of kind === 'software' ? SOFTWARE_STEPS : HARDWARE_STEPS) {
    const rows = each.shape ? equalRows(...each.shape, each.config.vocab_size) : await sampleRows(read, each.config.vocab_size);
    const batches = shuffled(rows, each.shape ? each.shape[0] : each.rows, 0).slice(0, kind === 'software' ? 1 : 2);
    const time = await measureStep(backend, stock, each.config, rows, batches, kind === 'software' ? 2 : 8);
    const torchTime = torch && (await timeTorch(torch, each.config, rows, batches, 8));
    const mfu = time.flops / time.replayed / 1e6 / peaks.gigaflops;
    log(
      `\n${each.title}: ${time.tokens.toFixed(0)} real tokens, ${(time.flops / 1e9).toFixed(2)} GFLOP, ${(100 * mfu).toFixed(1)} % of the peak`,
    );
    row('replayed, run each time, ratio', time.replayed, time.eager);
    log(
      `  JavaScript of a step: run each time ${time.eagerJavascript.toFixed(2)} ms, replayed ${time.replayedJavascript.toFixed(2)} ms`,
    );
    if (time.stock) row('replayed, stock tfjs, ratio', time.replayed, time.stock);
    if (torchTime)
      row(`replayed, PyTorch ${torchTime.torch} on ${torchTime.device}, ratio`, time.replayed, torchTime.milliseconds);
    for (const line of profileLines(time, peaks)) log(line);
    steps.push({ title: each.title, ...time, torch: torchTime, mfu });
  }

  await setBackend('webgpu');
  const rows = await sampleRows(read, TOY.vocab_size);
  const padding = paddingOf(rows, 32);
  const tapes = await countTapes(rows, 32, 500);
  const [large, small] = [await countBertBase(32, 128), await countBertBase(8, 128)];
  log(
    `\nBERT-base 32 x 128, counted: ${large.dispatches} dispatches, ${gigabytes(large.peakBytes)}, replay ${large.javascriptMs.toFixed(2)} ms of JavaScript`,
  );
  log(`BERT-base 8 x 128, counted: ${gigabytes(small.peakBytes)}`);
  log(
    `sample, 32 rows: ${padding.toFixed(3)} tokens computed for each real one; ${tapes.batches} batches: ${tapes.recorded} recordings, ${tapes.tapes} tapes`,
  );

  const [first] = steps;
  const ratios = {
    vs_stock_tfjs: first?.stock ? first.stock / first.replayed : null,
    vs_pytorch: first?.torch ? first.torch.milliseconds / first.replayed : null,
    vs_jax_js: products && Math.min(...products.map(({ ours, jaxJs }) => jaxJs / ours)),
  };
  log('');
  for (const { name, found, least, most } of targetsOf(kind, { ...ratios, ...large, mfu: first?.mfu ?? null })) {
    const isMet = found !== null && found >= (least ?? -Infinity) && found <= (most ?? Infinity);
    const bound = least === undefined ? `at most ${most}` : `at least ${least}`;
    log(`${found === null ? 'not measured' : isMet ? 'met' : 'NOT met'}: ${name} ${found?.toFixed(2) ?? ''} (${bound})`);
  }
  return {
    ratios,
    vs_jax_js: ratios.vs_jax_js,
    dispatches: large.dispatches,
    replay_js_ms: large.javascriptMs,
    padding,
    peak_bytes: large.peakBytes,
    mfu: first?.mfu ?? null,
    adapter: adapterName(info),
    runtime,
    tiles,
    peaks,
    ops,
    products,
    steps,
    tapes,
  };
}

interface Target {
  readonly name: string;
  readonly found: number | null;
  readonly least?: number;
  readonly most?: number;
}

interface Found {
  readonly vs_stock_tfjs: number | null;
  readonly vs_pytorch: number | null;
  readonly mfu: number | null;
  readonly dispatches: number;
  readonly javascriptMs: number;
}

/** What the engine set out to reach, on a GPU and without one. */
function targetsOf(kind: 'software' | 'hardware', found: Found): readonly Target[] {
  const counted: readonly Target[] = [
    { name: 'dispatches of a BERT-base step', found: found.dispatches, most: 800 },
    { name: 'milliseconds of JavaScript of a replayed BERT-base step', found: found.javascriptMs, most: 1.5 },
  ];
  if (kind === 'software') return [{ name: 'times stock tfjs, toy step', found: found.vs_stock_tfjs, least: 3 }, ...counted];
  return [
    { name: 'of the measured peak, BERT-base 32 x 128', found: found.mfu, least: 0.5 },
    { name: 'times stock tfjs, BERT-base 32 x 128', found: found.vs_stock_tfjs, least: 6 },
    { name: 'times PyTorch, BERT-base 32 x 128', found: found.vs_pytorch, least: 1 },
    ...counted,
  ];
}

function profileLines({ profile }: StepTime, peaks: Peaks): readonly string[] {
  const lines = profile.slice(0, 12).map((kernel) => {
    const rates = ratesOf(kernel, peaks);
    const figures = rates
      ? [rates.gigaflopsPerSecond.toFixed(1), rates.gigabytesPerSecond.toFixed(2), `${(100 * (rates.ofPeak ?? 0)).toFixed(0)} %`]
      : ['no timestamps'];
    const time = (kernel.milliseconds ?? NaN).toFixed(2).padStart(9);
    return `  ${kernel.kernel.padEnd(44)}${String(kernel.calls).padStart(5)}${time}${figures.map((each) => each.padStart(9)).join('')}`;
  });
  return ['  by kernel: dispatches, ms, GFLOP/s, GB/s, fraction of the nearer peak', ...lines];
}

function comparison(name: string, ours: number, theirs: number): string {
  const figures = [ours, theirs, theirs / ours].map((value, i) => value.toFixed(2).padStart(i < 2 ? 10 : 8));
  return `  ${name.padEnd(56)}${figures.join('')}`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
