/**
 * Which tensors of a step share memory: each is needed from its first command to its last, and those whose times do not overlap can
 * lie in one place. Plain numbers; nothing here touches a device. Places are whole buffers, because WebGPU lets no dispatch read and
 * write parts of one buffer.
 * Source: "greedy by size for shared objects", Pisarchyk and Lee 2020, Efficient Memory Management for Deep Neural Net Inference.
 */

/** Needed by the commands first .. last, both included. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

export interface MemoryPlan {
  /** For each tensor the number of its place. */
  readonly placeOf: readonly number[];
  /** Bytes of each place; the first are those that were there. */
  readonly places: readonly number[];
}

/** A place much larger than the tensor is taken only if it is there anyway, so that a plan's new places stay small. */
export function planMemory(lifetimes: readonly Lifetime[], existing: readonly number[] = []): MemoryPlan {
  const places = [...existing];
  const taken: Lifetime[][] = places.map(() => []);
  const placeOf = new Array<number>(lifetimes.length).fill(-1);
  const order = [...lifetimes.keys()].sort(
    (a, b) => lifetimes[b]!.bytes - lifetimes[a]!.bytes || lifetimes[a]!.first - lifetimes[b]!.first,
  );
  for (const index of order) {
    const wanted = lifetimes[index]!;
    let best = -1;
    for (const [place, bytes] of places.entries()) {
      if (bytes < wanted.bytes || (best >= 0 && bytes >= places[best]!)) continue;
      if (taken[place]!.every(({ first, last }) => last < wanted.first || wanted.last < first)) best = place;
    }
    if (best < 0) {
      best = places.push(wanted.bytes) - 1;
      taken.push([]);
    }
    taken[best]!.push(wanted);
    placeOf[index] = best;
  }
  return { placeOf, places };
}
