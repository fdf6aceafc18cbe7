/** Learning rate schedules: the factor of the learning rate for each optimizer step. */

/** The factor for the step that follows `stepsDone` finished ones. */
export type Schedule = (stepsDone: number) => number;

/**
 * Linear warm-up from 0 (the first step's factor is 0 when there is a warm-up), then linear decay to 0: transformers'
 * get_linear_schedule_with_warmup.
 */
export function linearSchedule(warmupSteps: number, totalSteps: number): Schedule {
  return (stepsDone) => {
    if (stepsDone < warmupSteps) return stepsDone / Math.max(1, warmupSteps);
    return Math.max(0, (totalSteps - stepsDone) / Math.max(1, totalSteps - warmupSteps));
  };
}

/** Warm-up steps of `warmup_ratio`, rounded up as transformers does. */
export function warmupSteps(totalSteps: number, warmupRatio: number): number {
  return Math.ceil(totalSteps * warmupRatio);
}
