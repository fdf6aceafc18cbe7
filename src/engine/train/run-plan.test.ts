import { describe, expect, test } from 'vitest';
import { completeArguments, type TrainingArguments } from './arguments.ts';
import { countSteps, planRun } from './run-plan.ts';

function evaluatedSteps(rows: number, changes: Partial<TrainingArguments>): { steps: number[]; count: number } {
  const plan = planRun(rows, completeArguments({ per_device_train_batch_size: 1, num_train_epochs: 1, ...changes }));
  const steps = Array.from({ length: plan.total }, (_, i) => i + 1).filter((step) => plan.isEvaluated(step));
  return { steps, count: plan.evaluations };
}

describe('steps', () => {
  test.each([
    [100, 8, 1, 3, 13, 39],
    [96, 8, 1, 1, 12, 12],
    [5, 32, 1, 2, 1, 2],
    [100, 10, 1, 0.55, 10, 6],
    [100, 8, 4, 3, 4, 12],
    [100, 8, 100, 2, 1, 2],
  ])('%i rows in batches of %i, %i a step, %f epochs', (rows, batch, accumulate, epochs, perEpoch, total) => {
    const args = completeArguments({
      per_device_train_batch_size: batch,
      gradient_accumulation_steps: accumulate,
      num_train_epochs: epochs,
    });
    expect(countSteps(rows, args)).toEqual({ perEpoch, total });
    expect(countSteps(rows, { ...args, max_steps: 7 })).toEqual({ perEpoch, total: 7 });
  });
});

describe('evaluations', () => {
  test.each<[number, Partial<TrainingArguments>, number[]]>([
    [12, { evaluations_per_epoch: 3 }, [4, 8, 12]],
    [13, { evaluations_per_epoch: 4 }, [4, 7, 10, 13]],
    [5, { evaluations_per_epoch: 1 }, [5]],
    [2, { evaluations_per_epoch: 9 }, [1, 2]],
    [5, { evaluations_per_epoch: 2, num_train_epochs: 2.5 }, [3, 5, 8, 10, 13]],
    [10, { eval_strategy: 'steps', eval_steps: 4 }, [4, 8, 10]],
    [10, { eval_strategy: 'steps', eval_steps: 5 }, [5, 10]],
    [10, { eval_strategy: 'steps', eval_steps: 0.25 }, [3, 6, 9, 10]],
    [10, { eval_strategy: 'steps' }, [10]],
    [10, { eval_strategy: 'no' }, [10]],
    [10, { max_steps: 14, evaluations_per_epoch: 1 }, [10, 14]],
  ])('%i steps an epoch, %j', (rows, changes, steps) => {
    expect(evaluatedSteps(rows, changes)).toEqual({ steps, count: steps.length });
  });
});
