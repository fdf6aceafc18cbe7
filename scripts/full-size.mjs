/**
 * `npm run test:full-size`: models of the size that people use, loaded by Tabtune from their folders, against transformers on the same
 * weights (reference/full_size.py says which, and where the weights come from). Needs some 8 GB of memory; what is written goes again.
 *
 *   npm run test:full-size                      all
 *   npm run test:full-size -- roberta-base      those named
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled } from './install.mjs';
import { allowRelaxedSimd, main, run, runTypeScript } from './run.mjs';
import { ensureVenv, PYTHON } from './venv.mjs';

const OFFLINE = { HF_HUB_OFFLINE: '1', TRANSFORMERS_VERBOSITY: 'error', HF_HUB_DISABLE_PROGRESS_BARS: '1' };

await main(async () => {
  const names = process.argv.slice(2);
  await ensureInstalled();
  await ensureVenv();
  allowRelaxedSimd();
  const folder = mkdtempSync(join(tmpdir(), 'tabtune-full-size-'));
  try {
    await run(PYTHON, ['reference/full_size.py', 'write', folder, ...(names.length > 0 ? ['--only', ...names] : [])], OFFLINE);
    const { computeLogits } = await runTypeScript('./reference/full-size-logits.ts');
    for (const name of readdirSync(folder)) await computeLogits(join(folder, name));
    await run(PYTHON, ['reference/full_size.py', 'compare', folder], OFFLINE);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
