/**
 * Runs a headless door of the product (src/headless): the code of the page's workers in Node, for scripts and CI. TypeScript goes through
 * Vite's module runner, so nothing needs to be built first but the kernels.
 */
import { setFlagsFromString } from 'node:v8';
import { ensureInstalled } from './install.mjs';
import { main } from './run.mjs';

/** Where a person started npm: relative paths on the command line are meant from there. run.mjs has moved to the repository. */
const CALLED_FROM = process.env.INIT_CWD ?? process.env.PWD ?? process.cwd();

/**
 * Calls the function `name` of the module (its path from the repository) with the words of the command line and the folder that they
 * are meant from. What it throws goes to stderr in words, and the exit code is then 1.
 */
export async function runHeadless(module, name) {
  await main(async () => {
    await ensureInstalled();
    // Node 20 has relaxed SIMD, a third faster, only behind this flag; later ones know no such flag.
    if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
    const { runnerImport } = await import('vite');
    const loaded = await runnerImport(module, { configFile: false, logLevel: 'error' });
    await loaded.module[name](process.argv.slice(2), CALLED_FROM);
  });
}
