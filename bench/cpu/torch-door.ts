/** From the measuring worker to PyTorch: the page hands requests to the driver (bench/cpu.mjs), which has the process. */
import type { TorchBatch } from '../torch/steps.mjs';
import type { BenchAnswer, TorchAnswer, TorchRequest } from './messages.ts';

function ask(request: TorchRequest): Promise<TorchAnswer> {
  return new Promise((resolve) => {
    self.addEventListener('message', ({ data }: MessageEvent<{ readonly torch: TorchAnswer }>) => resolve(data.torch), {
      once: true,
    });
    const message: BenchAnswer = { torch: request };
    self.postMessage(message);
  });
}

/** False where there is no PyTorch. */
export async function openTorch(config: Readonly<Record<string, unknown>>, batches: readonly TorchBatch[]): Promise<boolean> {
  return (await ask({ config, batches })) !== null;
}

/** Milliseconds of one step. */
export async function torchStep(step: number, threads: number): Promise<number> {
  const answer = await ask({ step, threads });
  if (answer === null) throw new Error('PyTorch is gone');
  return answer;
}
