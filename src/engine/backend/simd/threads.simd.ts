/**
 * One job at a time on all threads. A job is a kernel number, its parameters (memory-map.ts) and a number of tiles; threads take tiles
 * from an atomic counter. The caller never waits for a helper that has not joined, so helpers may be late, few or none.
 *
 * GENERATION is odd while a job is open. A helper joins by raising ACTIVE and then looking at GENERATION again; the caller
 * closes the job by making it even and then waits until ACTIVE is 0. Both are sequentially consistent, so either the helper
 * sees that it came too late or the caller sees that it is there.
 */
import { ACTIVE, GENERATION, KERNEL, NEXT_TILE, PARAMS, SCRATCH_BASE, SCRATCH_STRIDE, THREAD_LIMIT, TILES } from './memory-map';
import { runTile } from './kernels.simd';

/** Turns of the loops that wait before a thread goes to sleep: some 20 to 50 microseconds. */
const SPINS: i32 = 10000;
/** How long the caller sleeps at a time (nanoseconds), and how often, before it takes a helper for dead. */
const PATIENCE: i64 = 1_000_000_000;
const PATIENCE_COUNT: i32 = 60;

function scratchOf(thread: i32): usize {
  return load<usize>(SCRATCH_BASE) + <usize>thread * load<usize>(SCRATCH_STRIDE);
}

function takeTiles(thread: i32): void {
  const kernel = load<i32>(KERNEL);
  const tiles = load<i32>(TILES);
  const scratch = scratchOf(thread);
  while (true) {
    const tile = atomic.add<i32>(NEXT_TILE, 1);
    if (tile >= tiles) return;
    runTile(kernel, tile, PARAMS, scratch);
  }
}

/** Runs all tiles on the caller alone. */
export function runAlone(kernel: i32, tiles: i32): void {
  const scratch = scratchOf(0);
  for (let tile = 0; tile < tiles; tile++) runTile(kernel, tile, PARAMS, scratch);
}

/** Runs a job on the caller and all helpers that join. `maySleep`: the caller is allowed to block. Returns false when a helper died. */
export function runShared(kernel: i32, tiles: i32, maySleep: bool): bool {
  store<i32>(KERNEL, kernel);
  store<i32>(TILES, tiles);
  atomic.store<i32>(NEXT_TILE, 0);
  atomic.add<i32>(GENERATION, 1);
  atomic.notify(GENERATION, -1);
  takeTiles(0);
  atomic.add<i32>(GENERATION, 1);
  for (let spin = 0; spin < SPINS; spin++) if (atomic.load<i32>(ACTIVE) == 0) return true;
  if (!maySleep) while (atomic.load<i32>(ACTIVE) != 0);
  for (let i = 0; i < PATIENCE_COUNT; i++) {
    const active = atomic.load<i32>(ACTIVE);
    if (active == 0) return true;
    atomic.wait<i32>(ACTIVE, active, PATIENCE);
  }
  return atomic.load<i32>(ACTIVE) == 0;
}

/** The life of helper `thread` (1, 2, ...). Never returns; the worker is terminated from outside. */
export function serve(thread: i32): void {
  let seen = 0;
  while (true) {
    const generation = atomic.load<i32>(GENERATION);
    if (generation == seen || !(generation & 1) || thread >= atomic.load<i32>(THREAD_LIMIT)) {
      awaitChange(generation);
      continue;
    }
    seen = generation;
    atomic.add<i32>(ACTIVE, 1);
    if (atomic.load<i32>(GENERATION) == generation) takeTiles(thread);
    if (atomic.sub<i32>(ACTIVE, 1) == 1) atomic.notify(ACTIVE, 1);
  }
}

function awaitChange(generation: i32): void {
  for (let spin = 0; spin < SPINS; spin++) if (atomic.load<i32>(GENERATION) != generation) return;
  atomic.wait<i32>(GENERATION, generation, -1);
}
