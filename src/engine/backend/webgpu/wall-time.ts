/** Wall-clock time of work on a GPU device: from a device that is idle to one that is idle again. */

/** Milliseconds of one call: the fastest of `repeats` after one that is not counted. */
export async function fastest(device: GPUDevice, repeats: number, work: () => unknown): Promise<number> {
  let best = Infinity;
  for (let repeat = 0; repeat <= repeats; repeat++) {
    await device.queue.onSubmittedWorkDone();
    const from = performance.now();
    await work();
    await device.queue.onSubmittedWorkDone();
    if (repeat > 0) best = Math.min(best, performance.now() - from);
  }
  return best;
}
