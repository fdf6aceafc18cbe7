/** The benchmark in a page; the driver (bench/gpu.mjs) calls `runBench` and has PyTorch. */
import type { TorchSteps } from '../../torch/steps.mjs';
import { runBench, type BenchResult, type Place } from '../bench.ts';

declare global {
  /** The driver's: null where there is no PyTorch. */
  function aboutTorch(): Promise<Pick<TorchSteps, 'torch' | 'transformers' | 'device'> | null>;
  function openTorch(...words: Parameters<TorchSteps['open']>): ReturnType<TorchSteps['open']>;
  function stepTorch(...words: Parameters<TorchSteps['step']>): ReturnType<TorchSteps['step']>;
}

async function run({ runtime, tune }: Pick<Place, 'runtime' | 'tune'>): Promise<BenchResult> {
  const about = await aboutTorch();
  const torch = about && { ...about, open: openTorch, step: stepTorch, close: () => undefined };
  const read = async (path: string): Promise<string> => (await fetch(`./${path}`)).text();
  return runBench({ gpu: navigator.gpu, runtime, read, torch, tune, log: (line) => console.log(line) });
}

Object.assign(globalThis, { runBench: run });
