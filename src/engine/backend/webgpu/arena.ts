/**
 * The memory that recorded steps share. Steps run one after another and leave nothing behind in it, so that each may lie where the
 * others lie. Its buffers never serve anything else: a replay writes them at any time.
 */
import { Problem } from '../../../lib/problem.ts';
import type { Allocations } from './allocations.ts';
import { mebibytes, type BufferPool } from './buffer-pool.ts';
import { planMemory, type Lifetime } from './memory-plan.ts';

/** Memory of one step. */
export interface Lease {
  /** For each tensor of the step. */
  readonly buffers: readonly GPUBuffer[];
  /** What the step would need alone. */
  readonly bytes: number;
  /** Buffers that no other lease has are destroyed. */
  release(): void;
}

export class Arena {
  /** All buffers with the leases that they are in. */
  private readonly users = new Map<GPUBuffer, Set<Lease>>();
  private readonly allocations: Allocations;
  private readonly pool: BufferPool;

  /** Buffers come from the pool for its accounts, and go back to be destroyed. */
  constructor(allocations: Allocations, pool: BufferPool) {
    this.allocations = allocations;
    this.pool = pool;
  }

  get bytes(): number {
    return sum([...this.users.keys()].map(({ size }) => size));
  }

  /** Room for tensors of these lifetimes. Throws a Problem when the GPU has not so much; nothing is taken then. */
  async lease(lifetimes: readonly Lifetime[]): Promise<Lease> {
    const buffers = [...this.users.keys()];
    const { placeOf, places } = planMemory(
      lifetimes,
      buffers.map(({ size }) => size),
    );
    const added = places.slice(buffers.length);
    buffers.push(...(await this.allocate(added)));
    const used = new Set(placeOf.map((place) => buffers[place]!));
    const lease: Lease = {
      buffers: placeOf.map((place) => buffers[place]!),
      bytes: sum([...used].map(({ size }) => size)),
      release: () => {
        for (const buffer of used) {
          const users = this.users.get(buffer);
          users?.delete(lease);
          if (users?.size !== 0) continue;
          this.users.delete(buffer);
          this.pool.releaseBuffer(buffer, false);
        }
      },
    };
    for (const buffer of used) {
      const users = this.users.get(buffer);
      if (users) users.add(lease);
      else this.users.set(buffer, new Set([lease]));
    }
    return lease;
  }

  private async allocate(sizes: readonly number[]): Promise<readonly GPUBuffer[]> {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const made: GPUBuffer[] = [];
    // What was there before is known to be there, or not, by itself.
    await this.allocations.settled();
    try {
      for (const size of sizes) made.push(this.pool.acquireBuffer(size, usage, false, false));
      await this.allocations.settled().catch(() => {
        throw outOfMemory(sum(sizes), this.bytes);
      });
      return made;
    } catch (error) {
      for (const buffer of made) this.pool.releaseBuffer(buffer, false);
      throw error;
    }
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function outOfMemory(wanted: number, present: number): Problem {
  return new Problem({
    where: 'GPU memory',
    expected: `room for a training step, ${mebibytes(wanted)} more than the ${mebibytes(present)} that are there for it`,
    found: 'less',
    fix: 'Choose a smaller batch size, a smaller "max length" or a smaller model, or close other programs that use the GPU.',
  });
}
