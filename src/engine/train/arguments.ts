/** What a run is told and what it tells: names and meanings are those of transformers' `TrainingArguments`. Values only. */
import { Problem } from '../../lib/problem.ts';
import type { Targets } from '../../lib/targets.ts';
import type { TokenRows } from '../../text/types.ts';
import type { LoraTargets } from '../models/lora.ts';
import { ARGUMENTS } from './argument-table.ts';
import type { EvaluationMetrics } from './evaluation-metrics.ts';

/** How the learning rate goes over the run, behind the warm-up (`constant` has none). */
export type SchedulerType = 'linear' | 'cosine' | 'constant' | 'constant_with_warmup';

/** When the validation rows are evaluated. The last step is always followed by an evaluation. */
export type EvalStrategy = 'no' | 'steps' | 'epoch';

/** When a run is saved, beside the clock (`save_minutes`). `no`: never, not by the clock either. */
export type SaveStrategy = 'no' | 'steps' | 'epoch';

/** `loss` is better when it is less, the others when they are more (`greater_is_better` of transformers). */
export type BestModelMetric = 'macro_f1' | 'accuracy' | 'loss';

/** Weights of the classes in the loss: all 1, scikit-learn's 'balanced', or one above 0 for each class, in class order. */
export type ClassWeights = 'none' | 'balanced' | readonly number[];

/** What learns: everything, the last layers with the head, the head alone, or LoRA's matrices with the head (models/learning.ts). */
export type TrainLayers = 'all' | 'last' | 'head' | 'lora';

/** Defaults, bounds and explanations are in argument-table.ts. What is left out has its default. */
export interface TrainingArguments {
  readonly num_train_epochs: number;
  readonly learning_rate: number;
  /** Rows of a micro-batch. */
  readonly per_device_train_batch_size: number;
  readonly weight_decay: number;
  /** Not read where `warmup_steps` is given. */
  readonly warmup_ratio: number;
  readonly max_grad_norm: number;
  readonly seed: number;
  readonly max_length: number;
  /** With the strategy `epoch`: evaluations in each epoch, evenly spaced, the last at its end. */
  readonly evaluations_per_epoch: number;
  /** Optimizer steps of the run, in place of `num_train_epochs`; -1: off. */
  readonly max_steps?: number;
  readonly per_device_eval_batch_size?: number;
  /** Micro-batches of a step; the step's loss is the mean over all their rows. */
  readonly gradient_accumulation_steps?: number;
  /** What a layer computes on its way is not kept for backward but computed again: the same run in less memory, a third slower. */
  readonly gradient_checkpointing?: boolean;
  readonly adam_beta1?: number;
  readonly adam_beta2?: number;
  readonly adam_epsilon?: number;
  readonly lr_scheduler_type?: SchedulerType;
  /** Below 1: a share of the steps, as in transformers 5; 0: `warmup_ratio` decides. */
  readonly warmup_steps?: number;
  readonly label_smoothing_factor?: number;
  readonly class_weights?: ClassWeights;
  readonly eval_strategy?: EvalStrategy;
  /** With the strategy `steps`: an evaluation each so many steps; below 1: each such share of all steps. */
  readonly eval_steps?: number;
  readonly save_strategy?: SaveStrategy;
  /** With the strategy `steps`: a checkpoint each so many steps. */
  readonly save_steps?: number;
  /** And one whenever so many minutes have passed; 0: the strategy alone decides. */
  readonly save_minutes?: number;
  /** Checkpoints that are kept, the latest; the weights of the best evaluation are kept beside them. */
  readonly save_total_limit?: number;
  /** The run ends after so many evaluations in a row without improvement; 0: never. */
  readonly early_stopping_patience?: number;
  /** Less than this is no improvement. */
  readonly early_stopping_threshold?: number;
  readonly metric_for_best_model?: BestModelMetric;
  /** The run ends with the weights of its best evaluation, else with those of its last step. */
  readonly load_best_model_at_end?: boolean;
  /** On `webgpu`: what forward keeps for backward is kept in 16 bits. All is computed in 32. */
  readonly fp16?: boolean;
  readonly train_layers?: TrainLayers;
  /** With 'last': how many layers of the encoder learn, counted from the end. */
  readonly train_last_layers?: number;
  /** With 'lora': peft's `LoraConfig`, with `lora_` before its `r` and `target_modules`. */
  readonly lora_r?: number;
  /** The change counts lora_alpha / lora_r. */
  readonly lora_alpha?: number;
  readonly lora_dropout?: number;
  readonly lora_target_modules?: LoraTargets;
}

/** All arguments, with the defaults filled in. */
export type CompleteArguments = Required<TrainingArguments>;

export type ArgumentName = keyof CompleteArguments;

export const ARGUMENT_NAMES = Object.keys(ARGUMENTS) as readonly ArgumentName[];

export interface LabelledRows extends TokenRows {
  readonly targets: Targets;
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
  /** Rows, real tokens and seconds that were trained so far, without evaluations and pauses. */
  readonly rows: number;
  readonly tokens: number;
  readonly seconds: number;
}

export interface Evaluation {
  readonly step: number;
  readonly epoch: number;
  /** Mean log loss over the rows (and classes, where rows have several labels), without class weights and smoothing. */
  readonly loss: number;
  /** Where rows have several labels: the share of rows that have all of them right. */
  readonly accuracy: number;
  readonly macroF1: number;
  /** F1 per class, in class order. */
  readonly perClassF1: readonly number[];
  /** confusion[actual][predicted]; empty where rows have several labels. */
  readonly confusion: readonly (readonly number[])[];
  /** What else is measured. The trainer always gives it. */
  readonly metrics?: EvaluationMetrics;
}

/** `value` as the argument, or a `Problem` that names it and says what fits. */
export function readArgument<Name extends ArgumentName>(name: Name, value: unknown): CompleteArguments[Name] {
  const { read, expected } = ARGUMENTS[name];
  const fitting = read(value);
  if (fitting !== undefined) return fitting;
  const found = typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
  throw new Problem({ where: `Setting ${name}`, expected, found, fix: 'Correct the setting and train again.' });
}

/**
 * Fills in the defaults. Throws a `Problem` that names the first argument which is out of its bounds, or which another one
 * contradicts.
 */
export function completeArguments(given: { readonly [Name in ArgumentName]?: unknown }): CompleteArguments {
  const entries = ARGUMENT_NAMES.map((name) => [name, readArgument(name, given[name] ?? ARGUMENTS[name].ours)] as const);
  const complete = Object.fromEntries(entries) as unknown as CompleteArguments;
  const needsEvaluations = complete.load_best_model_at_end || complete.early_stopping_patience > 0;
  if (needsEvaluations && complete.eval_strategy === 'no') {
    throw new Problem({
      where: 'Setting eval_strategy',
      expected: '"epoch" or "steps", for early stopping and load_best_model_at_end compare evaluations',
      found: 'no',
      fix: 'Choose another eval_strategy, or switch both off.',
    });
  }
  return complete;
}
