/** What a run is told and what it tells: names and meanings are those of transformers' `TrainingArguments`. Values only. */
import { Problem } from '../../lib/problem.ts';
import type { TokenRows } from '../../text/types.ts';

export interface TrainingArguments {
  readonly num_train_epochs: number;
  readonly learning_rate: number;
  readonly per_device_train_batch_size: number;
  readonly weight_decay: number;
  readonly warmup_ratio: number;
  readonly max_grad_norm: number;
  readonly seed: number;
  readonly max_length: number;
  /** Evaluations in each epoch, evenly spaced, the last at its end. */
  readonly evaluations_per_epoch: number;
}

export interface LabelledRows extends TokenRows {
  /** Class index per row. */
  readonly labels: Int32Array<ArrayBuffer>;
}

export interface StepPoint {
  /** Optimizer steps done, from 1. */
  readonly step: number;
  /** Epochs done, with fractions. */
  readonly epoch: number;
  readonly loss: number;
  /** The rate that this step used. */
  readonly learningRate: number;
  /** L2 norm of all gradients, before clipping. */
  readonly gradNorm: number;
}

export interface Evaluation {
  readonly step: number;
  readonly epoch: number;
  /** Mean log loss over the rows. */
  readonly loss: number;
  readonly accuracy: number;
  readonly macroF1: number;
  /** F1 per class, in class order. */
  readonly perClassF1: readonly number[];
  /** confusion[actual][predicted]. */
  readonly confusion: readonly (readonly number[])[];
}

interface Bound {
  readonly expected: string;
  readonly fits: (value: number) => boolean;
}

const BOUNDS: { readonly [Key in keyof TrainingArguments]: Bound } = {
  num_train_epochs: { expected: 'a number above 0', fits: (value) => value > 0 },
  learning_rate: { expected: 'a number above 0 and below 1', fits: (value) => value > 0 && value < 1 },
  per_device_train_batch_size: { expected: 'a whole number from 1', fits: (value) => Number.isInteger(value) && value >= 1 },
  weight_decay: { expected: 'a number from 0', fits: (value) => value >= 0 },
  warmup_ratio: { expected: 'a number from 0 to 1', fits: (value) => value >= 0 && value <= 1 },
  max_grad_norm: { expected: 'a number from 0 (0: no clipping)', fits: (value) => value >= 0 },
  seed: { expected: 'a whole number from 0', fits: (value) => Number.isSafeInteger(value) && value >= 0 },
  max_length: { expected: 'a whole number from 2', fits: (value) => Number.isInteger(value) && value >= 2 },
  evaluations_per_epoch: { expected: 'a whole number from 1', fits: (value) => Number.isInteger(value) && value >= 1 },
};

/** Throws a `Problem` that names the first argument which is out of its bounds. */
export function checkArguments(args: TrainingArguments): void {
  for (const key of Object.keys(BOUNDS) as (keyof TrainingArguments)[]) {
    const { expected, fits } = BOUNDS[key];
    if (!Number.isFinite(args[key]) || !fits(args[key])) {
      throw new Problem({
        where: `Setting ${key}`,
        expected,
        found: String(args[key]),
        fix: 'Correct the setting and train again.',
      });
    }
  }
}
