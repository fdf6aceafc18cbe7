/**
 * `npm run bench:cpu`: training steps on the simd backend in Chromium, in one run against PyTorch (where Python has it) on as many threads, and
 * against the same model written plainly with stock tfjs operations on tfjs-backend-wasm. Real rows of the sample, batch 32, and equally
 * long ones. `--rounds N` (3), `--batches N` (4), `--pairs N` (12) with PyTorch; `--without-stock`: leaves out what takes longest; `--json`:
 * one JSON object on the last line.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { main, run } from '../scripts/run.mjs';
import { withBenchPage } from './serve.mjs';
import { startTorch } from './torch/steps.mjs';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    'without-stock': { type: 'boolean' },
    rounds: { type: 'string', default: '3' },
    batches: { type: 'string', default: '4' },
    pairs: { type: 'string', default: '12' },
  },
});
const BATCH_SIZE = 32;
/** Of PyTorch's speed on as many threads. */
const LEAST_OF_TORCH = 0.7;

async function measure(torch) {
  const askTorch = async (request) => {
    if (!torch) return null;
    if ('step' in request) return (await torch.step(request.step, request.threads)).milliseconds;
    await torch.open(request.config, request.batches);
    return 0;
  };
  return withBenchPage('cpu', { functions: { askTorch } }, async (page, address, version) => {
    const request = {
      rounds: Number(values.rounds),
      batches: Number(values.batches),
      pairs: Number(values.pairs),
      batchSize: BATCH_SIZE,
      withStock: !values['without-stock'],
      starter: `${address}models/starter/`,
      sample: `${address}sample/sample.csv`,
    };
    const result = await page.evaluate((each) => globalThis.runBench(each), request);
    return { ...result, chromium: version, torch: torch?.torch ?? null };
  });
}

function print(result) {
  const { ms, flops, tokens, paddedTokens, threads, relaxed, losses, profile, peaks, memory } = result;
  const [cpu] = cpus();
  console.log(`\n${cpus().length} x ${cpu?.model}, Chromium ${result.chromium}, ${relaxed ? 'relaxed' : 'plain'} SIMD`);
  console.log(
    `batch ${BATCH_SIZE}: ${tokens.toFixed(0)} real tokens (${paddedTokens.toFixed(0)} padded), ${(flops / 1e9).toFixed(1)} GFLOP a step`,
  );
  const row = (name, time, ratio) =>
    console.log(
      `${name.padEnd(44)}${time.toFixed(1).padStart(9)} ms${(flops / time / 1e6).toFixed(1).padStart(9)} GFLOP/s${ratio}`,
    );
  const times = (time) => (values['without-stock'] ? '' : `${(ms.stockOne / time).toFixed(1).padStart(8)} x`);
  if (!values['without-stock']) {
    console.log(`loss before training: simd ${losses.simd.toFixed(6)}, stock ${losses.stock.toFixed(6)}\n`);
    row('stock tfjs, tfjs-backend-wasm, one thread', ms.stockOne, times(ms.stockOne));
  }
  row('simd, one thread', ms.simdOne, times(ms.simdOne));
  row(`simd, ${threads} threads`, ms.simdAll, times(ms.simdAll));
  printPairs(result);
  console.log(
    `\none thread, milliseconds a step (multiply-adds ${peaks.gigaflops.toFixed(1)} GFLOP/s, copy ${peaks.gigabytes.toFixed(1)} GB/s): calls, ms, GFLOP/s, GB/s`,
  );
  for (const { kernel, calls, milliseconds, flops: operations, bytes } of profile.kernels) {
    const figures = [
      milliseconds.toFixed(2),
      (operations / milliseconds / 1e6).toFixed(1),
      (bytes / milliseconds / 1e6).toFixed(1),
    ];
    console.log(`  ${kernel.padEnd(34)}${String(calls).padStart(5)}${figures.map((each) => each.padStart(9)).join('')}`);
  }
  console.log(`  ${'JavaScript'.padEnd(39)}${profile.rest.toFixed(2).padStart(9)}`);
  const [before, after] = [0, 1].map(
    (i) =>
      `${memory.tensors[i]} tensors, heap ${(memory.heapBytesUsed[i] / 2 ** 20).toFixed(1)} of ${(memory.heapBytesReserved[i] / 2 ** 20).toFixed(1)} MiB`,
  );
  console.log(`\nmemory before ${memory.steps} steps: ${before}\nmemory after:           ${after}`);
}

function printPairs({ pairs, torch }) {
  if (pairs.length === 0) {
    console.log('\nPyTorch was not found (.venv, or TABTUNE_PYTHON)');
    return;
  }
  console.log(
    `\nagainst PyTorch ${torch}, taking turns: threads, ms simd, ms PyTorch, PyTorch / simd (of the fastest, median of pairs)`,
  );
  for (const { title, tokens, paddedTokens, byThreads } of pairs) {
    const padding = tokens === paddedTokens ? 'no padding' : `PyTorch pads to ${paddedTokens}`;
    console.log(`${title}: ${tokens} tokens, ${padding}`);
    for (const { threads, simd, torch: theirs, ratio, median } of byThreads) {
      const figures = [simd.toFixed(1), theirs.toFixed(1), ratio.toFixed(2), median.toFixed(2)];
      const verdict = ratio >= LEAST_OF_TORCH ? 'met' : 'NOT met';
      console.log(`  ${threads}${figures.map((each) => each.padStart(10)).join('')}  ${verdict}: at least ${LEAST_OF_TORCH}`);
    }
  }
}

await main(async () => {
  await run(process.execPath, ['scripts/build-wasm.mjs']);
  await run(process.execPath, ['scripts/make-sample.mjs']);
  const torch = await startTorch();
  const result = await measure(torch).finally(() => torch?.close());
  print(result);
  const ratios = {
    vs_stock_tfjs: result.ms.stockOne / result.ms.simdOne,
    // The least of all cases and numbers of threads.
    vs_pytorch:
      result.pairs.length > 0 ? Math.min(...result.pairs.flatMap(({ byThreads }) => byThreads.map(({ ratio }) => ratio))) : null,
    threads_speedup: result.ms.simdOne / result.ms.simdAll,
  };
  if (values.json) console.log(JSON.stringify({ ratios, ...result }));
});
