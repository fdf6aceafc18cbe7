/** What a profile (profiling.ts) consists of: kernels, their times, and how near they come to what the device can do. Knows no tfjs. */

/** What a kernel is called in a profile and what it must do at least. */
export interface Work {
  readonly label: string;
  /** Multiplications and additions; 0 where the kernel does not say. */
  readonly flops: number;
  /** Of its operands, each once: less than is moved where they are read several times, more where parts of them are not touched. */
  readonly bytes: number;
}

/** One call of a kernel. */
export interface KernelCall extends Work {
  /** null: this GPU has no timestamps. */
  readonly milliseconds: number | null;
}

/** All calls of one kernel. */
export interface KernelTime {
  readonly kernel: string;
  readonly calls: number;
  /** null: this GPU has no timestamps. */
  readonly milliseconds: number | null;
  /** Of all calls together. */
  readonly flops: number;
  readonly bytes: number;
}

/** What the device reached with nothing in its way. */
export interface Peaks {
  /** Billions of multiplications and additions a second, in chains of multiply-adds without memory. */
  readonly gigaflops: number;
  /** Billions of bytes a second, read and written, of a large copy. */
  readonly gigabytes: number;
}

/** Calls summed up by kernel, the slowest first; without times those that compute most. */
export function sumByKernel(calls: readonly KernelCall[]): readonly KernelTime[] {
  const sums = new Map<string, KernelTime>();
  for (const { label, milliseconds, flops, bytes } of calls) {
    const sum = sums.get(label) ?? { kernel: label, calls: 0, milliseconds: 0, flops: 0, bytes: 0 };
    sums.set(label, {
      kernel: label,
      calls: sum.calls + 1,
      milliseconds: milliseconds === null || sum.milliseconds === null ? null : sum.milliseconds + milliseconds,
      flops: sum.flops + flops,
      bytes: sum.bytes + bytes,
    });
  }
  return [...sums.values()].sort((a, b) => (b.milliseconds ?? 0) - (a.milliseconds ?? 0) || b.flops - a.flops);
}

export interface Rates {
  /** 0 where the kernel does not say how much it computes. */
  readonly gigaflopsPerSecond: number;
  readonly gigabytesPerSecond: number;
  /** The larger of its fractions of the two peaks: 1 is as fast as the device can. Small operands lie in caches, which are faster than a copy. */
  readonly ofPeak: number | null;
  /** Which peak that is. */
  readonly bound: 'arithmetic' | 'memory';
}

/** null where there are no times. `peaks` null: `ofPeak` is null. */
export function ratesOf({ milliseconds, flops, bytes }: KernelTime, peaks: Peaks | null): Rates | null {
  if (milliseconds === null || milliseconds <= 0) return null;
  const [gigaflopsPerSecond, gigabytesPerSecond] = [flops / milliseconds / 1e6, bytes / milliseconds / 1e6];
  const [arithmetic, memory] = peaks ? [gigaflopsPerSecond / peaks.gigaflops, gigabytesPerSecond / peaks.gigabytes] : [0, 0];
  return {
    gigaflopsPerSecond,
    gigabytesPerSecond,
    ofPeak: peaks && Math.max(arithmetic, memory),
    bound: arithmetic > memory ? 'arithmetic' : 'memory',
  };
}
