/**
 * `npm run bench:what-learns`: what a step costs where all, the last layers, LoRA's matrices or the head alone learn. `--rounds 9`; `--json`: the
 * result as JSON on the last line.
 */
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, json: { type: 'boolean', default: false } },
});
const { module } = await runnerImport('./bench/what-learns.ts', { configFile: false, logLevel: 'error' });
const result = await module.measureWhatLearns(Number(values.rounds));
const [all] = result.rows;
console.log(
  `starter, 32 rows, ${result.tokens} tokens, ${result.threads} threads; encoding them once ${result.encodeMs.toFixed(1)} ms`,
);
console.table(
  result.rows.map(({ name, ms, learningCount, mebibytes }) => ({
    learns: name,
    'ms a step': Number(ms.toFixed(1)),
    'times as fast': Number((all.ms / ms).toFixed(2)),
    parameters: learningCount,
    'MiB between steps': Number(mebibytes.toFixed(1)),
  })),
);
const ratios = Object.fromEntries(result.rows.map(({ name, ms }) => [name, all.ms / ms]));
if (values.json) console.log(JSON.stringify({ ...result, ratios }));
process.exit(0);
