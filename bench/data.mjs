/**
 * `npm run bench:data`: a million short rows (about 100 MB) of CSV through what the tokenizer worker does, in Node: open (judge, read,
 * describe the columns, profile), profile again, tokenize with the starter's tokenizer; against papaparse alone and Python's `tokenizers`
 * (TABTUNE_PYTHON or .venv, left out where it is not there), in one run. `--rows N`; `--json`: one JSON object on the last line.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { main } from '../scripts/run.mjs';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, rows: { type: 'string', default: '1000000' } } });

await main(async () => {
  const { runnerImport } = await import('vite');
  const { module } = await runnerImport('./bench/data/run.ts', { configFile: false, logLevel: 'error' });
  const folder = mkdtempSync(join(tmpdir(), 'tabtune-bench-'));
  try {
    const result = await module.benchData(folder, Number(values.rows), process.env.TABTUNE_PYTHON ?? '.venv/bin/python');
    if (values.json) console.log(JSON.stringify(result));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
