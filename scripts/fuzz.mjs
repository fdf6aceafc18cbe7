/** `npm run test:fuzz`: 10,000 mutated data files (`-- N [SEED]`: others), under the same checks as the few of `npm test`. */
import { main } from './run.mjs';
import { runUnitTests } from './unit.mjs';

const [files = '10000', seed] = process.argv.slice(2);
process.env.TABTUNE_FUZZ = files;
if (seed !== undefined) process.env.TABTUNE_FUZZ_SEED = seed;
await main(() => runUnitTests(['src/data/formats/fuzz.test.ts']));
