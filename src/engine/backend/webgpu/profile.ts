/**
 * Where a recorded step's time goes on the GPU: each dispatch between two timestamps. The step really runs (weights change); passes of
 * one dispatch each cost a little more than a replay's. For the benchmark and for who draws it.
 */
import type { GpuBackend } from './gpu-backend.ts';
import type { Tape } from './tape.ts';

/** All dispatches of one kernel in a step. */
export interface KernelTime {
  readonly kernel: string;
  readonly dispatches: number;
  readonly milliseconds: number;
  /** 0 where the kernel does not say. */
  readonly gigaflopsPerSecond: number;
  /** Of what is bound, each once: more than is moved where a kernel reads part of it. */
  readonly gigabytesPerSecond: number;
}

/** What a query set holds at most. */
const MOST_QUERIES = 4096;

/** The slowest first; null where the GPU has no timestamps. */
export async function profileTape(backend: GpuBackend, tape: Tape): Promise<readonly KernelTime[] | null> {
  const nanoseconds = await timestampsOf(backend, tape);
  return nanoseconds && sumByKernel(tape, nanoseconds);
}

/**
 * Milliseconds from the tape's first dispatch to the end of its last; where the GPU has no timestamps, or gives none that make sense, from
 * handing it over to hearing that it is done.
 */
export async function timeTape(backend: GpuBackend, tape: Tape, now = () => performance.now()): Promise<number> {
  const nanoseconds = await timestampsOf(backend, tape);
  const elapsed = nanoseconds && Number(nanoseconds.at(-1)! - nanoseconds[0]!) / 1e6;
  if (elapsed && elapsed > 0) return elapsed;
  backend.flush();
  await backend.unlessLost(backend.device.queue.onSubmittedWorkDone());
  const from = now();
  tape.replay(() => undefined);
  await backend.unlessLost(backend.device.queue.onSubmittedWorkDone());
  return now() - from;
}

/** When each dispatch began and ended, in pairs. */
async function timestampsOf(backend: GpuBackend, tape: Tape): Promise<BigUint64Array | null> {
  const { device } = backend;
  const queries = 2 * tape.dispatches.length;
  if (!device.features.has('timestamp-query') || queries > MOST_QUERIES) return null;
  backend.flush();
  const timestamps = device.createQuerySet({ label: 'profile', type: 'timestamp', count: queries });
  const size = 8 * queries;
  const resolved = device.createBuffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const readable = device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  tape.replayTimed(timestamps, (encoder) => {
    encoder.resolveQuerySet(timestamps, 0, queries, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, readable, 0, size);
  });
  await backend.unlessLost(readable.mapAsync(GPUMapMode.READ));
  const nanoseconds = new BigUint64Array(readable.getMappedRange().slice(0));
  for (const buffer of [resolved, readable]) buffer.destroy();
  timestamps.destroy();
  return nanoseconds;
}

function sumByKernel({ dispatches }: Tape, nanoseconds: BigUint64Array): readonly KernelTime[] {
  const sums = new Map<string, { dispatches: number; seconds: number; flops: number; bytes: number }>();
  for (const [i, { label, flops, bytes }] of dispatches.entries()) {
    const sum = sums.get(label) ?? { dispatches: 0, seconds: 0, flops: 0, bytes: 0 };
    sum.dispatches++;
    sum.seconds += Number(nanoseconds[2 * i + 1]! - nanoseconds[2 * i]!) / 1e9;
    sum.flops += flops;
    sum.bytes += bytes;
    sums.set(label, sum);
  }
  return [...sums]
    .map(([kernel, { dispatches: count, seconds, flops, bytes }]) => ({
      kernel,
      dispatches: count,
      milliseconds: seconds * 1e3,
      gigaflopsPerSecond: seconds > 0 ? flops / seconds / 1e9 : 0,
      gigabytesPerSecond: seconds > 0 ? bytes / seconds / 1e9 : 0,
    }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}
