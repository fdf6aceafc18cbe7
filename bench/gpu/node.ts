/** The benchmark in Node, through Dawn. */
import { parseArgs } from 'node:util';
import { nodeGpu } from '../../src/engine/testing/node/webgpu.ts';
import { startTorch } from '../torch/steps.mjs';
import { runBench } from './bench.ts';
import { readPublic } from './read-public.ts';

export async function bench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' }, tune: { type: 'boolean' } } });
  const torch = await startTorch();
  const gpu = nodeGpu();
  // jax-js looks at these two of a browser's.
  Object.assign(globalThis.navigator, { userAgent: 'Node.js', platform: process.platform });
  const result = await runBench({
    gpu,
    runtime: `Node ${process.versions.node}`,
    read: readPublic,
    torch,
    tune: values.tune ?? false,
    log: (line) => console.log(line),
  });
  torch?.close();
  if (values.json) console.log(JSON.stringify(result));
}
