/** Which steps a run has, and behind which of them the validation rows are evaluated. */
import { ARGUMENTS } from './argument-table.ts';
import type { CompleteArguments, TrainingArguments } from './arguments.ts';

export interface StepCounts {
  readonly perEpoch: number;
  readonly total: number;
}

export interface RunPlan extends StepCounts {
  /** Evaluations of the whole run, at least one. */
  readonly evaluations: number;
  /** Whether an evaluation follows this step (from 1); one follows the last in any case. */
  isEvaluated(step: number): boolean;
}

/**
 * Optimizer steps of a whole run: the last micro-batch and the last step of an epoch may be small, and a fraction of an epoch is
 * rounded up (transformers' Trainer.set_initial_training_values).
 */
export function countSteps(rowCount: number, settings: TrainingArguments): StepCounts {
  const { max_steps = ARGUMENTS.max_steps.ours } = settings;
  const { gradient_accumulation_steps = ARGUMENTS.gradient_accumulation_steps.ours } = settings;
  const batches = Math.ceil(rowCount / settings.per_device_train_batch_size);
  const perEpoch = Math.ceil(batches / gradient_accumulation_steps);
  return { perEpoch, total: max_steps > 0 ? max_steps : Math.ceil(perEpoch * settings.num_train_epochs) };
}

export function planRun(rowCount: number, args: CompleteArguments): RunPlan {
  const { perEpoch, total } = countSteps(rowCount, args);
  const perStep = evaluationsPerStep(perEpoch, total, args);
  /** Evaluations that are due once so many steps are done. */
  const dueAfter = (steps: number): number => Math.floor((steps * perStep[0]) / perStep[1]);
  return {
    perEpoch,
    total,
    evaluations: dueAfter(total - 1) + 1,
    isEvaluated: (step) => step === total || dueAfter(step) > dueAfter(step - 1),
  };
}

/** As a fraction [evaluations, steps]; both are whole, so that a product with a step count is exact. */
function evaluationsPerStep(perEpoch: number, total: number, args: CompleteArguments): readonly [number, number] {
  switch (args.eval_strategy) {
    case 'no':
      return [0, 1];
    case 'steps':
      return [1, args.eval_steps < 1 ? Math.ceil(total * args.eval_steps) : args.eval_steps];
    case 'epoch':
      return [Math.min(args.evaluations_per_epoch, perEpoch), perEpoch];
  }
}
