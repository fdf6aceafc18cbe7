/**
 * `npm run bench:gpu`: our WebGPU engine in Node (Dawn) on the adapter that is there, against the same model with stock tfjs operations
 * and against PyTorch where Python has it, in one run. Software adapters get toy shapes. `--tune`: with tiles that are
 * timed on it first. `--json`: one JSON object on the last line.
 */
import { ensureInstalled } from '../scripts/install.mjs';
import { main, run } from '../scripts/run.mjs';
import { vulkanEnv } from '../scripts/vulkan-env.mjs';

await main(async () => {
  await ensureInstalled();
  await run(process.execPath, ['scripts/make-sample.mjs']);
  // The driver is found by variables that count only from a process's start.
  await run(process.execPath, ['bench/gpu/run.mjs', ...process.argv.slice(2)], await vulkanEnv());
});
