/** The benchmark itself, whose TypeScript goes through Vite's module runner. Started by ../gpu.mjs. */
import { runHeadless } from '../../scripts/headless.mjs';

await runHeadless('bench/gpu/node.ts', 'bench');
process.exit();
