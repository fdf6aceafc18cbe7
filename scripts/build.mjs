/** Everything that the page is made of: the WebAssembly kernels, the sample, then the page itself into dist/. */
import { ensureInstalled } from './install.mjs';
import { main, run, runTool } from './run.mjs';

/** What must be there before the page is bundled, and before the unit tests run. */
export async function buildParts() {
  await run(process.execPath, ['scripts/build-wasm.mjs']);
  await run(process.execPath, ['scripts/make-sample.mjs']);
}

export async function buildPage() {
  await runTool('vite/bin/vite.js', ['build']);
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    await ensureInstalled();
    await buildParts();
    await buildPage();
  });
}
