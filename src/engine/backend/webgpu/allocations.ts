/**
 * The buffers of a device, and whether it had room for them: WebGPU tells that later, and gives a buffer that nothing can be done with until
 * then. Who is about to compute with new buffers waits for `settled` first, so that nothing is half done when there was no room.
 */
import { Problem } from '../../../lib/problem.ts';

export class Allocations {
  private readonly device: GPUDevice;
  private pending: Promise<unknown>[] = [];
  /** Bytes of the first that failed. */
  private failed: number | null = null;

  constructor(device: GPUDevice) {
    this.device = device;
  }

  create(descriptor: GPUBufferDescriptor): GPUBuffer {
    this.device.pushErrorScope('out-of-memory');
    try {
      return this.device.createBuffer(descriptor);
    } catch (error) {
      // A buffer that is mapped from the start may not find room in the page's own memory.
      if (error instanceof RangeError) throw outOfMemory(descriptor.size);
      throw error;
    } finally {
      // A lost device pops nothing; its loss is told as an event.
      const popped = this.device.popErrorScope().catch(() => null);
      this.pending.push(popped.then((error) => error && (this.failed ??= descriptor.size)));
    }
  }

  /** Whether something was created since the last `settled`. */
  get arePending(): boolean {
    return this.pending.length > 0;
  }

  /** Waits until it is known of all buffers created so far. Throws a Problem, once, where one of them found no room. */
  async settled(): Promise<void> {
    while (this.pending.length > 0) await Promise.all(this.pending.splice(0));
    const { failed } = this;
    this.failed = null;
    if (failed !== null) throw outOfMemory(failed);
  }
}

function outOfMemory(bytes: number): Problem {
  return new Problem({
    where: 'GPU memory',
    expected: `room for ${Math.ceil(bytes / 1024).toLocaleString('en-US')} KiB more`,
    found: 'none left',
    fix: 'Choose a smaller batch size, a smaller "max length" or a smaller model, or close other programs that use the GPU.',
  });
}
