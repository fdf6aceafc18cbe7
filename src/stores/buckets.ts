/**
 * Curves that stay small however long a run is. A training curve is at most `MAX_POINTS` buckets of equal width; a step updates the
 * last bucket in O(1), so nothing is copied or scanned as a run grows. Pure; the charts draw what these hold.
 */

export const MAX_POINTS = 300;

export interface LossPoint {
  /** The last step in the bucket. */
  readonly step: number;
  /** Mean loss of the bucket's steps. */
  readonly loss: number;
  /** Exponential moving average of all steps so far, bias-corrected (Kingma and Ba 2015, section 3). */
  readonly smooth: number;
}

export interface LossCurve {
  readonly points: readonly LossPoint[];
  /** Steps arrive in order, from 1. A loss that is not finite leaves a gap. */
  push(step: number, loss: number): void;
}

/** Steps that the moving average looks back on: a twenty-second of the run, at least 5, at most 200. */
export function smoothingWindow(totalSteps: number): number {
  return Math.min(200, Math.max(5, totalSteps / 22));
}

export function createLossCurve(totalSteps: number): LossCurve {
  const width = Math.max(1, Math.ceil(totalSteps / MAX_POINTS));
  const beta = 1 - 1 / smoothingWindow(totalSteps);
  const points: LossPoint[] = [];
  let bucket = -1;
  let sum = 0;
  let members = 0;
  let average = 0;
  let weight = 0;
  return {
    points,
    push(step, loss) {
      if (!Number.isFinite(loss)) return;
      average = beta * average + (1 - beta) * loss;
      weight = beta * weight + (1 - beta);
      const at = Math.floor((step - 1) / width);
      if (at === bucket) points.pop();
      else {
        bucket = at;
        sum = 0;
        members = 0;
      }
      sum += loss;
      members++;
      points.push({ step, loss: sum / members, smooth: average / weight });
    },
  };
}

/** At most `limit` of `items`, evenly spaced, the last always among them. */
export function thin<T>(items: readonly T[], limit: number): readonly T[] {
  if (items.length <= limit) return items;
  const kept: T[] = [];
  for (let i = 1; i <= limit; i++) {
    const item = items[Math.round((i * items.length) / limit) - 1];
    if (item !== undefined) kept.push(item);
  }
  return kept;
}

const INTERVALS = 4;
const CEILING_STEPS = [0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 25, 50, 100, 250, 1000, 10_000];
const QUALITY_FLOORS = [0.6, 0.2, 0];

/** The top of a loss axis with four intervals of a round width that holds `value`. */
export function lossCeiling(value: number): number {
  const step = CEILING_STEPS.find((candidate) => candidate * INTERVALS >= value) ?? value / INTERVALS;
  return step * INTERVALS;
}

/** The bottom of an axis that ends at 1 and holds `value`: 0.6, 0.2 or 0. */
export function qualityFloor(value: number): number {
  return QUALITY_FLOORS.find((floor) => floor <= value) ?? 0;
}

/** Five ticks from `low` to `high`, without the noise of binary fractions. */
export function axisTicks(low: number, high: number): number[] {
  return Array.from({ length: INTERVALS + 1 }, (_, i) => Number((low + ((high - low) * i) / INTERVALS).toPrecision(6)));
}
