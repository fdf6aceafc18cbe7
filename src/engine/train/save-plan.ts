/** When a run is saved: as its arguments say, and never so often that saving takes more than a tenth of the time. */
import type { CompleteArguments } from './arguments.ts';
import type { RunPlan } from './run-plan.ts';

export interface SavePlan {
  /** Whether the run is to be saved behind this step, from 1. */
  isDue(step: number): boolean;
  /** It was, and took so long. */
  saved(seconds: number): void;
}

/** So many times as long as the last save took must pass before the next one that the clock or an epoch asks for. */
const APART = 10;

/** `now`: milliseconds; a test has its own clock. */
export function createSavePlan(args: CompleteArguments, plan: RunPlan, now: () => number = () => performance.now()): SavePlan {
  let [savedAt, lastTook] = [now(), 0];
  return {
    isDue(step) {
      if (args.save_strategy === 'no') return false;
      if (args.save_strategy === 'steps' && step % args.save_steps === 0) return true;
      const since = now() - savedAt;
      if (since < APART * lastTook) return false;
      return (
        (args.save_strategy === 'epoch' && step % plan.perEpoch === 0) ||
        (args.save_minutes > 0 && since >= 60_000 * args.save_minutes)
      );
    },
    saved(seconds) {
      [savedAt, lastTook] = [now(), seconds * 1000];
    },
  };
}
