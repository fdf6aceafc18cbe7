/** Which of a run's evaluations is the best so far, the weights that it measured, and when to stop for want of a better one. */
import type { Parameter } from '../models/classifier.ts';
import type { BestModelMetric, CompleteArguments, Evaluation } from './arguments.ts';
import { merit } from './merit.ts';
import { replaceValues } from './replace-values.ts';

export interface BestModel {
  /** The best evaluation with its weights, null before the first. */
  readonly evaluation: Evaluation | null;
  /** Those weights, in the order of the parameters: as they lie here, the next better ones take their place. */
  readonly weights: readonly Float32Array[];
  /** Keeps the present weights, on the host, if this evaluation of them is the best so far. */
  offer(evaluation: Evaluation): Promise<void>;
  /** Writes the kept weights back into the parameters. */
  restore(): void;
}

/** What an earlier part of the run has found. */
export type KeptBest = Pick<BestModel, 'evaluation' | 'weights'>;

/** Of equal evaluations the first is the best, as in transformers' Trainer. */
export function createBestModel(parameters: readonly Parameter[], metric: BestModelMetric, from?: KeptBest): BestModel {
  let best: Evaluation | null = from?.evaluation ?? null;
  const kept: Float32Array[] = [...(from?.weights ?? [])];
  return {
    weights: kept,
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

/** What early stopping remembers. */
export interface StoppingState {
  /** null before the first evaluation. */
  readonly best: number | null;
  readonly inVain: number;
}

export interface EarlyStopping {
  /** Takes a planned evaluation; true when it was the last one in vain that is allowed. */
  readonly isInVain: (evaluation: Evaluation) => boolean;
  readonly state: StoppingState;
}

/**
 * transformers' EarlyStoppingCallback: tells after each evaluation whether it was the last of `early_stopping_patience` ones in a row
 * that did not pass the best by more than `early_stopping_threshold`. `from`: what an earlier part of the run remembers.
 */
export function createEarlyStopping(args: StoppingArguments, from: StoppingState = { best: null, inVain: 0 }): EarlyStopping {
  let state = from;
  return {
    get state() {
      return state;
    },
    isInVain(evaluation) {
      const value = merit(evaluation, args.metric_for_best_model);
      const best = state.best ?? -Infinity;
      const inVain = value - best > args.early_stopping_threshold ? 0 : state.inVain + 1;
      state = { best: Math.max(value, best), inVain };
      return args.early_stopping_patience > 0 && inVain >= args.early_stopping_patience;
    },
  };
}
