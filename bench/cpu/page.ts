/** Starts the measuring worker, keeps its answer where the driver (bench/cpu.mjs) finds it, and hands it what PyTorch says. */
import type { BenchAnswer, BenchRequest, BenchResult, TorchAnswer, TorchRequest } from './messages.ts';

declare global {
  /** The driver's. */
  function askTorch(request: TorchRequest): Promise<TorchAnswer>;
}

function run(request: BenchRequest): Promise<BenchResult> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }: MessageEvent<BenchAnswer>) => {
      if ('result' in data) resolve(data.result);
      else if ('error' in data) reject(new Error(data.error));
      else if ('torch' in data) askTorch(data.torch).then((torch) => worker.postMessage({ torch }), reject);
      else console.log(data.progress);
    };
    worker.postMessage(request);
  });
}

Object.assign(globalThis, { runBench: run });
