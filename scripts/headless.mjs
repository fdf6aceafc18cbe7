/**
 * Runs a headless door of the product (src/headless): the code of the page's workers in Node, for scripts and CI. TypeScript goes through
 * Vite's module runner, so nothing needs to be built first but the kernels.
 */
import { ensureInstalled } from './install.mjs';
import { allowRelaxedSimd, main, runTypeScript } from './run.mjs';

/** Where a person started npm: relative paths on the command line are meant from there. run.mjs has moved to the repository. */
const CALLED_FROM = process.env.INIT_CWD ?? process.env.PWD ?? process.cwd();

/**
 * Calls the function `name` of the module (its path from the repository) with the words of the command line and the folder that they
 * are meant from. What it throws goes to stderr in words, and the exit code is then 1.
 */
export async function runHeadless(module, name) {
  await main(async () => {
    await ensureInstalled();
    allowRelaxedSimd();
    const door = await runTypeScript(module);
    await door[name](process.argv.slice(2), CALLED_FROM);
  });
}
