/** How long a run takes, from what its parts were measured to take. Plain numbers: the page computes it again with each change of the epochs. */
import type { RunPlan } from './run-plan.ts';

/** Seconds of the parts of a run. */
export interface RunRates {
  /** Once, before the first step: the texts are read, and where the encoder learns nothing they are encoded. */
  readonly before: number;
  /** An optimizer step of common length. */
  readonly step: number;
  /** An evaluation of all validation rows, with the interval of its macro F1 and a copy of the weights. */
  readonly evaluation: number;
  /** Once, behind the last step: the test rows. */
  readonly after: number;
}

export function runSeconds({ before, step, evaluation, after }: RunRates, { total, evaluations }: RunPlan): number {
  return before + total * step + evaluations * evaluation + after;
}
