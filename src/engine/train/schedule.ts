/**
 * Learning rate schedules: the factor of the learning rate for each optimizer step. Formulas of transformers' get_..._schedule
 * (optimization.py), with their first step at 0 where there is a warm-up.
 */
import type { CompleteArguments, SchedulerType } from './arguments.ts';

/** The factor for the step that follows `stepsDone` finished ones. */
export type Schedule = (stepsDone: number) => number;

/** Linear warm-up from 0 over `warmup` steps, then `after` of the steps done behind it. */
function warmedUp(warmup: number, after: (behindWarmup: number) => number): Schedule {
  return (stepsDone) => (stepsDone < warmup ? stepsDone / Math.max(1, warmup) : after(stepsDone - warmup));
}

/** get_linear_schedule_with_warmup: down to 0 in a straight line. */
export function linearSchedule(warmup: number, total: number): Schedule {
  return warmedUp(warmup, (behind) => Math.max(0, (total - warmup - behind) / Math.max(1, total - warmup)));
}

/** get_cosine_schedule_with_warmup with its num_cycles of 0.5: down to 0 along half a wave. */
function cosineSchedule(warmup: number, total: number): Schedule {
  return warmedUp(warmup, (behind) => Math.max(0, 0.5 * (1 + Math.cos((Math.PI * behind) / Math.max(1, total - warmup)))));
}

const SCHEDULES: { readonly [Type in SchedulerType]: (warmup: number, total: number) => Schedule } = {
  linear: linearSchedule,
  cosine: cosineSchedule,
  constant: () => () => 1,
  constant_with_warmup: (warmup) => warmedUp(warmup, () => 1),
};

export function createSchedule(type: SchedulerType, warmup: number, total: number): Schedule {
  return SCHEDULES[type](warmup, total);
}

/** Steps of the warm-up: `warmup_steps`, a share of all steps where it is below 1, else `warmup_ratio`; shares are rounded up. */
export function countWarmupSteps(
  total: number,
  { warmup_steps, warmup_ratio }: Pick<CompleteArguments, 'warmup_steps' | 'warmup_ratio'>,
): number {
  if (warmup_steps >= 1) return warmup_steps;
  return Math.ceil(total * (warmup_steps > 0 ? warmup_steps : warmup_ratio));
}
