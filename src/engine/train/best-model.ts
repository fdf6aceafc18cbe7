/** Which of a run's evaluations is the best so far, the weights that it measured, and when to stop for want of a better one. */
import type { Parameter } from '../models/classifier.ts';
import type { BestModelMetric, CompleteArguments, Evaluation } from './arguments.ts';
import { merit } from './merit.ts';
import { replaceValues } from './replace-values.ts';

export interface BestModel {
  /** The best evaluation with its weights, null before the first. */
  readonly evaluation: Evaluation | null;
  /** Keeps the present weights, on the host, if this evaluation of them is the best so far. */
  offer(evaluation: Evaluation): Promise<void>;
  /** Writes the kept weights back into the parameters. */
  restore(): void;
}

/** Of equal evaluations the first is the best, as in transformers' Trainer. */
export function createBestModel(parameters: readonly Parameter[], metric: BestModelMetric): BestModel {
  let best: Evaluation | null = null;
  const kept: Float32Array[] = [];
  return {
    get evaluation() {
      return best;
    },
    async offer(evaluation) {
      if (!(merit(evaluation, metric) > (best ? merit(best, metric) : -Infinity))) return;
      for (const [i, { tensor }] of parameters.entries()) {
        const values = await tensor.data<'float32'>();
        (kept[i] ??= new Float32Array(values.length)).set(values);
      }
      best = evaluation;
    },
    restore() {
      for (const [i, values] of kept.entries()) replaceValues(parameters[i]!.tensor, values);
    },
  };
}

type StoppingArguments = Pick<
  CompleteArguments,
  'early_stopping_patience' | 'early_stopping_threshold' | 'metric_for_best_model'
>;

/**
 * transformers' EarlyStoppingCallback: tells after each evaluation whether it was the last of `early_stopping_patience` ones in a row
 * that did not pass the best by more than `early_stopping_threshold`.
 */
export function createEarlyStopping(args: StoppingArguments): (evaluation: Evaluation) => boolean {
  let best = -Infinity;
  let inVain = 0;
  return (evaluation) => {
    const value = merit(evaluation, args.metric_for_best_model);
    inVain = value - best > args.early_stopping_threshold ? 0 : inVain + 1;
    if (value > best) best = value;
    return args.early_stopping_patience > 0 && inVain >= args.early_stopping_patience;
  };
}
