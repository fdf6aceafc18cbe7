/** How fast a run goes and how long it will still take, from the steps so far. Gaps (a frozen tab) do not count. */

/** A step that takes this many times the median is a gap (sleep, frozen tab), not work. */
const GAP = 20;
const WARM_UP_STEPS = 2;

export interface RunClock {
  /** Says that a step of so many rows and tokens is done, at `now` in milliseconds. */
  step(rows: number, tokens: number, now: number): void;
  /** Says that an evaluation took so long, in milliseconds. */
  evaluation(milliseconds: number, now: number): void;
  /** Null until the first steps have been timed. */
  rates(): { rowsPerSecond: number; tokensPerSecond: number } | null;
  secondsLeft(steps: number, evaluations: number): number | null;
}

export function createRunClock(start: number): RunClock {
  let previous = start;
  let steps = 0;
  let timed = 0;
  let milliseconds = 0;
  let rows = 0;
  let tokens = 0;
  let evaluations = 0;
  let evaluationMilliseconds = 0;
  return {
    step(rowCount, tokenCount, now) {
      const took = now - previous;
      previous = now;
      steps++;
      if (steps <= WARM_UP_STEPS) return;
      if (timed > 0 && took > (GAP * milliseconds) / timed) return;
      timed++;
      milliseconds += took;
      rows += rowCount;
      tokens += tokenCount;
    },
    evaluation(took, now) {
      previous = now;
      evaluations++;
      evaluationMilliseconds += took;
    },
    rates() {
      if (milliseconds === 0) return null;
      return { rowsPerSecond: (rows / milliseconds) * 1000, tokensPerSecond: (tokens / milliseconds) * 1000 };
    },
    secondsLeft(stepsLeft, evaluationsLeft) {
      if (timed === 0) return null;
      const evaluation = evaluations === 0 ? 0 : evaluationMilliseconds / evaluations;
      return ((milliseconds / timed) * stepsLeft + evaluation * evaluationsLeft) / 1000;
    },
  };
}
