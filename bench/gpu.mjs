/**
 * `npm run bench:gpu`: our WebGPU engine in Node (Dawn) or, with `--browser`, in Chromium, on the adapter that is there, against the same model
 * with stock tfjs operations, jax-js's matmul, and PyTorch where Python has it, in one run. Software adapters get toy shapes. `--tune`: with
 * tiles that are timed on it first. `--json`: one JSON object on the last line.
 */
import { parseArgs } from 'node:util';
import { ensureInstalled } from '../scripts/install.mjs';
import { main, run } from '../scripts/run.mjs';
import { vulkanEnv } from '../scripts/vulkan-env.mjs';

const COMMON_FLAGS = ['--enable-unsafe-webgpu', '--enable-features=Vulkan'];
/** Timestamps that are not rounded to 0.1 ms. */
const HARDWARE_FLAGS = [...COMMON_FLAGS, '--enable-dawn-features=allow_unsafe_apis'];
const SOFTWARE_FLAGS = [...COMMON_FLAGS, '--use-webgpu-adapter=swiftshader'];

const hasAdapter = async () => Boolean(await navigator.gpu?.requestAdapter());

/** The hardware's adapter, or Chromium's software one where there is none. */
async function inBrowser({ json, tune = false }) {
  const { withBenchPage } = await import('./serve.mjs');
  const { startTorch } = await import('./torch/steps.mjs');
  const torch = await startTorch();
  const functions = {
    aboutTorch: () => torch && { torch: torch.torch, transformers: torch.transformers, device: torch.device },
    openTorch: (...words) => torch?.open(...words),
    stepTorch: (...words) => torch?.step(...words),
  };
  const measure = (flags) =>
    withBenchPage('gpu/browser', { flags, functions }, async (page, _address, version) => {
      if (!(await page.evaluate(hasAdapter))) return null;
      return page.evaluate((options) => globalThis.runBench(options), { runtime: `Chromium ${version}`, tune });
    });
  try {
    const result = (await measure(HARDWARE_FLAGS)) ?? (await measure(SOFTWARE_FLAGS));
    if (!result) throw new Error('Chromium has no WebGPU adapter here, not even its software one');
    if (json) console.log(JSON.stringify(result));
  } finally {
    torch?.close();
  }
}

await main(async () => {
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, browser: { type: 'boolean' }, tune: { type: 'boolean' } },
  });
  await ensureInstalled();
  await run(process.execPath, ['scripts/make-sample.mjs']);
  if (values.browser) return inBrowser(values);
  // The driver is found by variables that count only from a process's start.
  const args = [values.json ? ['--json'] : [], values.tune ? ['--tune'] : []].flat();
  return run(process.execPath, ['bench/gpu/run.mjs', ...args], await vulkanEnv());
});
