/** A profile as a table for other programs: one line a kernel. */
import { ratesOf } from '../../engine/backend/kernel-times.ts';
import type { Profile } from '../../protocol/trainer.ts';
import { saveFile } from '../../stores/save-file.ts';

export async function saveKernelsCsv({ kernels, peaks }: Profile): Promise<void> {
  const { default: papa } = await import('papaparse');
  const rows = kernels.map((kernel) => {
    const rates = ratesOf(kernel, peaks);
    return {
      kernel: kernel.kernel,
      calls: kernel.calls,
      milliseconds: kernel.milliseconds,
      flops: kernel.flops,
      bytes: kernel.bytes,
      gflops_per_second: rates?.gigaflopsPerSecond ?? null,
      gbytes_per_second: rates?.gigabytesPerSecond ?? null,
      of_peak: rates?.ofPeak ?? null,
    };
  });
  saveFile('kernels.csv', `${papa.unparse(rows, { newline: '\n' })}\n`, 'text/csv');
}
