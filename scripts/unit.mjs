/** `npm run test:unit -- [files or options]`: Vitest, with what WebGPU in Node (Dawn on SwiftShader) finds its driver by. */
import { main, runTool } from './run.mjs';
import { vulkanEnv } from './vulkan-env.mjs';

export async function runUnitTests(args = []) {
  await runTool('vitest/vitest.mjs', ['run', ...args], await vulkanEnv());
}

if (process.argv[1] === import.meta.filename) await main(() => runUnitTests(process.argv.slice(2)));
