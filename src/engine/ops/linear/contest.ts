/**
 * Which of several ways to compute the same thing is the fastest on this machine, and right. Knows neither a clock nor a GPU: both are the
 * caller's.
 */

export interface Contest<Way> {
  /** The first is what is done without a contest; it stays unless another is right and clearly faster. */
  readonly ways: readonly Way[];
  /** Milliseconds of one go. Throws where it cannot be done. */
  readonly time: (way: Way) => Promise<number>;
  /** Whether it computes what the first way computes. Asked only of one that would win. */
  readonly isRight: (way: Way) => Promise<boolean>;
}

export interface Outcome<Way> {
  readonly winner: Way;
  /** Of the first way over that of the winner. */
  readonly gain: number;
  /** Would have won, but computed something else or failed. */
  readonly thrownOut: readonly Way[];
}

const ROUNDS = 3;
/** After a round, ways that take more than this many times the fastest one's time are left. */
const HOPELESS = 1.5;
/** What is gained must be more than what one measurement differs from the next. */
const LEAST_GAIN = 1.03;

/**
 * All ways take part in each round, so that a GPU that grows warm or busy slows all alike; the fastest of a way's times counts. Throws the
 * signal's reason when it is aborted, and what `time` throws for the first way.
 */
export async function fastestWay<Way>({ ways, time, isRight }: Contest<Way>, signal?: AbortSignal): Promise<Outcome<Way>> {
  const [first] = ways;
  if (first === undefined) throw new Error('a contest needs a way');
  const best = new Map<Way, number>(ways.map((way) => [way, Infinity]));
  const thrownOut: Way[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const way of [...best.keys()]) {
      signal?.throwIfAborted();
      try {
        best.set(way, Math.min(best.get(way)!, await time(way)));
      } catch (error) {
        if (way === first || signal?.aborted) throw error;
        best.delete(way);
        thrownOut.push(way);
      }
    }
    const fastest = Math.min(...best.values());
    for (const [way, milliseconds] of [...best]) {
      if (way !== first && !(milliseconds <= fastest * HOPELESS)) best.delete(way);
    }
  }
  const limit = best.get(first)! / LEAST_GAIN;
  for (const [way, milliseconds] of [...best].sort(([, a], [, b]) => a - b)) {
    if (way === first || !(milliseconds < limit)) break;
    signal?.throwIfAborted();
    if (await isRight(way).catch(() => false)) return { winner: way, gain: best.get(first)! / milliseconds, thrownOut };
    thrownOut.push(way);
  }
  return { winner: first, gain: 1, thrownOut };
}
