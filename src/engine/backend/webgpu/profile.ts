/**
 * Where a recorded step's time goes on the GPU: while a profile is taken, each dispatch of a replay runs between two timestamps. The step
 * really runs; passes of one dispatch each cost a little more than a replay's. Browsers round timestamps (Chrome to 0.1 ms): who wants
 * short kernels to the microsecond takes the mean of several profiles.
 */
import type { KernelCall } from '../kernel-times.ts';
import type { GpuBackend } from './gpu-backend.ts';
import type { Tape, TapeDispatch } from './tape.ts';

/** What a query set holds at most. */
const MOST_QUERIES = 4096;

/** Collects the dispatches of all replays while it is the backend's `profiler`. */
export class Profiler {
  private readonly backend: GpuBackend;
  private readonly replays: Promise<readonly KernelCall[]>[] = [];

  constructor(backend: GpuBackend) {
    this.backend = backend;
  }

  /** In place of the tape's own `replay`. Without timestamps it is that, and the calls have no times. */
  replay(tape: Tape, finish: (encoder: GPUCommandEncoder) => void): void {
    const timed = replayTimed(this.backend, tape, finish);
    if (!timed) tape.replay(finish);
    const read = async (): Promise<readonly KernelCall[]> => {
      const nanoseconds = await timed;
      return tape.dispatches.map((dispatch, i) =>
        callOf(dispatch, nanoseconds && milliseconds(nanoseconds[2 * i]!, nanoseconds[2 * i + 1]!)),
      );
    };
    this.replays.push(read());
  }

  /** All calls so far; waits for the device. */
  async calls(): Promise<readonly KernelCall[]> {
    return (await Promise.all(this.replays)).flat();
  }
}

/**
 * Milliseconds from the tape's first dispatch to the end of its last; where the GPU has no timestamps, or gives none that make sense, from
 * handing it over to hearing that it is done.
 */
export async function timeTape(backend: GpuBackend, tape: Tape, now = () => performance.now()): Promise<number> {
  const nanoseconds = await replayTimed(backend, tape, () => undefined);
  const elapsed = nanoseconds && Number(nanoseconds.at(-1)! - nanoseconds[0]!) / 1e6;
  if (elapsed && elapsed > 0) return elapsed;
  backend.flush();
  await backend.unlessLost(backend.device.queue.onSubmittedWorkDone());
  const from = now();
  tape.replay(() => undefined);
  await backend.unlessLost(backend.device.queue.onSubmittedWorkDone());
  return now() - from;
}

/** Hands the tape over at once; when each dispatch began and ended, in pairs. Null, and nothing done, where the GPU has no timestamps. */
function replayTimed(
  backend: GpuBackend,
  tape: Tape,
  finish: (encoder: GPUCommandEncoder) => void,
): Promise<BigUint64Array> | null {
  const { device } = backend;
  const queries = 2 * tape.dispatches.length;
  if (!device.features.has('timestamp-query') || queries > MOST_QUERIES) return null;
  backend.flush();
  const timestamps = device.createQuerySet({ label: 'profile', type: 'timestamp', count: queries });
  const size = 8 * queries;
  const resolved = device.createBuffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const readable = device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  tape.replayTimed(timestamps, (encoder) => {
    finish(encoder);
    encoder.resolveQuerySet(timestamps, 0, queries, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, readable, 0, size);
  });
  const read = async (): Promise<BigUint64Array> => {
    await backend.unlessLost(readable.mapAsync(GPUMapMode.READ));
    const nanoseconds = new BigUint64Array(readable.getMappedRange().slice(0));
    for (const each of [resolved, readable, timestamps]) each.destroy();
    return nanoseconds;
  };
  return read();
}

/** A clock that was set back between the two counts as no time. */
function milliseconds(begin: bigint, end: bigint): number {
  return Math.max(0, Number(end - begin) / 1e6);
}

function callOf({ label, flops, bytes }: TapeDispatch, time: number | null): KernelCall {
  return { label, flops, bytes, milliseconds: time };
}
