/** How a run becomes a chart: how many points it may have, how much it is smoothed, and where round axes end. Pure. */

/** Of one curve: about one for each pixel that a curve has. */
export const MAX_POINTS = 300;

/** The moving average that suits a run: it looks back on a twenty-second of the steps, at least 5, at most 200. */
export function smoothingFactor(totalSteps: number): number {
  return 1 - 1 / Math.min(200, Math.max(5, totalSteps / 22));
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
const ROUND = [1, 2, 2.5, 5, 10];
const QUALITY_FLOORS = [0.6, 0.2, 0];

/** The top of an axis from 0 with four intervals of a round width that holds `value`. */
export function axisCeiling(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const decade = 10 ** Math.floor(Math.log10(value / INTERVALS));
  const width = ROUND.find((round) => round * decade * INTERVALS >= value * (1 - 1e-9)) ?? 10;
  return Number((width * decade * INTERVALS).toPrecision(6));
}

/** Whole decades that hold both; `low` above 0. */
export function logRange(low: number, high: number): readonly [number, number] {
  const bottom = Math.floor(Math.log10(low) + 1e-9);
  const top = Math.max(bottom + 1, Math.ceil(Math.log10(high) - 1e-9));
  return [10 ** bottom, 10 ** top];
}

/** The decades from `low` to `high`, thinned to at most six. */
export function logTicks(low: number, high: number): number[] {
  const [bottom, top] = [Math.round(Math.log10(low)), Math.round(Math.log10(high))];
  const each = Math.max(1, Math.ceil((top - bottom) / 5));
  const ticks: number[] = [];
  for (let decade = bottom; decade <= top; decade += each) ticks.push(Number(`1e${decade}`));
  return ticks;
}

/** The bottom of an axis that ends at 1 and holds `value`: 0.6, 0.2 or 0. */
export function qualityFloor(value: number): number {
  return QUALITY_FLOORS.find((floor) => floor <= value) ?? 0;
}

/** Five ticks from `low` to `high`, without the noise of binary fractions. */
export function axisTicks(low: number, high: number): number[] {
  return Array.from({ length: INTERVALS + 1 }, (_, i) => Number((low + ((high - low) * i) / INTERVALS).toPrecision(6)));
}
