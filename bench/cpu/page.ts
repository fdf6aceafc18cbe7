/** Starts the measuring worker and keeps its answer where the driver (bench/cpu.mjs) finds it. */
import type { BenchAnswer, BenchRequest, BenchResult } from './messages.ts';

function run(request: BenchRequest): Promise<BenchResult> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }: MessageEvent<BenchAnswer>) => {
      if ('result' in data) resolve(data.result);
      else if ('error' in data) reject(new Error(data.error));
      else console.log(data.progress);
    };
    worker.postMessage(request);
  });
}

Object.assign(globalThis, { runBench: run });
