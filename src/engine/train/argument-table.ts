/**
 * Every training argument: our default beside Hugging Face's (transformers 5.23, `TrainingArguments`), what it does, and what fits it.
 * Where the two differ, ours suits a first run of a small model on little data; a run that should repeat one of Trainer's names its own.
 */
import type { CompleteArguments } from './arguments.ts';

/** What an argument may be. */
export interface Kind<Value> {
  /** In words, for a message. */
  readonly expected: string;
  /** The value if it fits, else undefined. Numbers may be text ("5e-5"), as YAML has them. */
  readonly read: (value: unknown) => Value | undefined;
  /** All that fit, where they are a few words. */
  readonly choices?: readonly string[];
}

export interface Argument<Value> extends Kind<Value> {
  readonly ours: Value;
  /** null: `TrainingArguments` has no such name, or no value for it. For LoRA: the default of peft's `LoraConfig` (0.21). */
  readonly huggingFace: Value | null;
  readonly explanation: string;
}

function number(expected: string, fits: (value: number) => boolean): Kind<number> {
  const read = (value: unknown): number | undefined => {
    const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof parsed === 'number' && Number.isFinite(parsed) && fits(parsed) ? parsed : undefined;
  };
  return { expected, read };
}

function wholeFrom(least: number): Kind<number> {
  return number(`a whole number from ${least}`, (value) => Number.isSafeInteger(value) && value >= least);
}

function oneOf<const Value extends string>(...values: readonly Value[]): Kind<Value> {
  const expected = values.map((value) => `"${value}"`).join(' or ');
  return { expected, read: (value) => values.find((each) => each === value), choices: values };
}

const SHARE_OR_WHOLE = (value: number): boolean => Number.isSafeInteger(value) || value < 1;

const FLAG: Kind<boolean> = { expected: 'true or false', read: (value) => (typeof value === 'boolean' ? value : undefined) };

const CLASS_WEIGHTS: Kind<CompleteArguments['class_weights']> = {
  expected: '"none", "balanced" or a list of numbers above 0, one for each class',
  read: (value) => {
    if (value === 'none' || value === 'balanced') return value;
    if (!Array.isArray(value) || value.length === 0) return undefined;
    const weights = value.filter((each): each is number => typeof each === 'number' && Number.isFinite(each) && each > 0);
    return weights.length === value.length ? weights : undefined;
  },
};

const MODULE_NAME = /^[\w.]+$/;

const LORA_TARGETS: Kind<CompleteArguments['lora_target_modules']> = {
  expected: '"auto", "all-linear" or names of modules, as a list or with commas between them',
  read: (value) => {
    if (value === 'auto' || value === 'all-linear') return value;
    const names: unknown = typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value;
    if (!Array.isArray(names) || names.length === 0) return undefined;
    const fitting = names.filter((name): name is string => typeof name === 'string' && MODULE_NAME.test(name));
    return fitting.length === names.length ? fitting : undefined;
  },
};

export const ARGUMENTS: { readonly [Name in keyof CompleteArguments]: Argument<CompleteArguments[Name]> } = {
  num_train_epochs: {
    ours: 3,
    huggingFace: 3,
    explanation: 'How often the model sees every text.',
    ...number('a number above 0', (value) => value > 0),
  },
  max_steps: {
    ours: -1,
    huggingFace: -1,
    explanation: 'Steps of the run, in place of epochs. -1: the epochs decide.',
    ...number('a whole number from 1, or -1', (value) => Number.isSafeInteger(value) && (value >= 1 || value === -1)),
  },
  learning_rate: {
    ours: 2e-4,
    huggingFace: 5e-5,
    explanation: 'How far a step goes. 2e-4 suits the starter, 2e-5 to 5e-5 larger models.',
    ...number('a number above 0 and below 1', (value) => value > 0 && value < 1),
  },
  per_device_train_batch_size: {
    ours: 32,
    huggingFace: 8,
    explanation: 'Texts that are computed at once. Less needs less memory.',
    ...wholeFrom(1),
  },
  per_device_eval_batch_size: {
    ours: 32,
    huggingFace: 8,
    explanation: 'Texts that are computed at once in an evaluation. It does not change the result.',
    ...wholeFrom(1),
  },
  gradient_accumulation_steps: {
    ours: 1,
    huggingFace: 1,
    explanation: 'Batches of one step: a large batch in the memory of a small one. The mean is over the rows of the step.',
    ...wholeFrom(1),
  },
  gradient_checkpointing: {
    ours: false,
    huggingFace: false,
    explanation: 'Keeps less for the way back and computes it again: much less memory, a third more time, the same result.',
    ...FLAG,
  },
  weight_decay: {
    ours: 0.01,
    huggingFace: 0,
    explanation: 'Pulls weights towards zero, against learning by heart. Not used on biases and LayerNorm.',
    ...number('a number from 0', (value) => value >= 0),
  },
  adam_beta1: {
    ours: 0.9,
    huggingFace: 0.9,
    explanation: 'How long AdamW remembers gradients.',
    ...number('a number from 0 and below 1', (value) => value >= 0 && value < 1),
  },
  adam_beta2: {
    ours: 0.999,
    huggingFace: 0.999,
    explanation: 'How long AdamW remembers the size of gradients.',
    ...number('a number from 0 and below 1', (value) => value >= 0 && value < 1),
  },
  adam_epsilon: {
    ours: 1e-8,
    huggingFace: 1e-8,
    explanation: 'Keeps AdamW from dividing by zero.',
    ...number('a number above 0 and below 1', (value) => value > 0 && value < 1),
  },
  max_grad_norm: {
    ours: 1,
    huggingFace: 1,
    explanation: 'Longer gradients are shortened to this length. 0: never.',
    ...number('a number from 0 (0: no clipping)', (value) => value >= 0),
  },
  lr_scheduler_type: {
    ours: 'linear',
    huggingFace: 'linear',
    explanation: 'How the learning rate falls behind the warm-up: in a line, along a cosine, or not at all.',
    ...oneOf('linear', 'cosine', 'constant', 'constant_with_warmup'),
  },
  warmup_ratio: {
    ours: 0.1,
    huggingFace: 0,
    explanation: 'Share of the steps over which the learning rate rises to its full height.',
    ...number('a number from 0 to 1', (value) => value >= 0 && value <= 1),
  },
  warmup_steps: {
    ours: 0,
    huggingFace: 0,
    explanation: 'Steps of the warm-up, in place of the ratio; below 1 a ratio itself. 0: the ratio decides.',
    ...number('a whole number from 0, or a share below 1', (value) => value >= 0 && SHARE_OR_WHOLE(value)),
  },
  label_smoothing_factor: {
    ours: 0,
    huggingFace: 0,
    explanation: 'Share of the label that all classes get: the model becomes less sure of itself.',
    ...number('a number from 0 and below 1', (value) => value >= 0 && value < 1),
  },
  class_weights: {
    ours: 'none',
    huggingFace: null,
    explanation: 'How much an error counts in each class. Balanced: rare classes as much as frequent ones.',
    ...CLASS_WEIGHTS,
  },
  seed: {
    ours: 42,
    huggingFace: 42,
    explanation: 'The same seed shuffles and drops out the same way again.',
    ...wholeFrom(0),
  },
  max_length: {
    ours: 64,
    huggingFace: null,
    explanation: 'Tokens of a text that are read; the rest is cut off.',
    ...wholeFrom(2),
  },
  eval_strategy: {
    ours: 'epoch',
    huggingFace: 'no',
    explanation: 'When the model is measured on the validation texts: in each epoch, each so many steps, or only at the end.',
    ...oneOf('no', 'steps', 'epoch'),
  },
  evaluations_per_epoch: {
    ours: 4,
    huggingFace: null,
    explanation: 'How often in each epoch the model is measured on the validation texts.',
    ...wholeFrom(1),
  },
  eval_steps: {
    ours: 500,
    huggingFace: null,
    explanation: 'Steps from one evaluation to the next; below 1 a share of all steps.',
    ...number('a whole number from 1, or a share above 0', (value) => value > 0 && SHARE_OR_WHOLE(value)),
  },
  save_strategy: {
    ours: 'epoch',
    huggingFace: 'steps',
    explanation: 'When the run is saved, so that it goes on after a crash. "no": never.',
    ...oneOf('epoch', 'steps', 'no'),
  },
  save_steps: {
    ours: 500,
    huggingFace: 500,
    explanation: 'Steps from one checkpoint to the next.',
    ...wholeFrom(1),
  },
  save_minutes: {
    ours: 2,
    huggingFace: null,
    explanation: 'The run is also saved whenever so many minutes have passed. 0: not by the clock.',
    ...number('a number from 0', (value) => value >= 0),
  },
  save_total_limit: {
    ours: 2,
    huggingFace: null,
    explanation: 'So many of the latest checkpoints stay; the best weights stay beside them.',
    ...wholeFrom(1),
  },
  early_stopping_patience: {
    ours: 0,
    huggingFace: null,
    explanation: 'The run ends after so many evaluations in a row that brought nothing. 0: it goes on to its end.',
    ...wholeFrom(0),
  },
  early_stopping_threshold: {
    ours: 0,
    huggingFace: null,
    explanation: 'What the measure must gain to count as better.',
    ...number('a number from 0', (value) => value >= 0),
  },
  metric_for_best_model: {
    ours: 'macro_f1',
    huggingFace: 'loss',
    explanation: 'The measure that says which evaluation was the best.',
    ...oneOf('macro_f1', 'accuracy', 'loss'),
  },
  load_best_model_at_end: {
    ours: false,
    huggingFace: false,
    explanation: 'The run ends with the weights of its best evaluation, not with those of its last step.',
    ...FLAG,
  },
  fp16: {
    ours: false,
    huggingFace: false,
    explanation:
      'Keeps what lies between forward and backward in 16 bits, which takes less GPU memory. All is computed in 32 bits; weights and gradients stay as they are. On WebGPU only.',
    ...FLAG,
  },
  train_layers: {
    ours: 'all',
    huggingFace: 'all',
    explanation:
      'What learns: everything; the last layers and the head; the head alone, which is fastest; or LoRA, small matrices beside the frozen ones, and the head.',
    ...oneOf('all', 'last', 'head', 'lora'),
  },
  train_last_layers: {
    ours: 1,
    huggingFace: null,
    explanation: 'How many layers learn, counted from the end, where the last ones do.',
    ...wholeFrom(1),
  },
  lora_r: {
    ours: 8,
    huggingFace: 8,
    explanation: 'Rank of the matrices of LoRA: more can learn more, and is larger.',
    ...wholeFrom(1),
  },
  lora_alpha: {
    ours: 16,
    huggingFace: 8,
    explanation: 'How much the matrices of LoRA count: their product is multiplied by lora_alpha / lora_r.',
    ...number('a number above 0', (value) => value > 0),
  },
  lora_dropout: {
    ours: 0,
    huggingFace: 0,
    explanation: 'Share of their input that the matrices of LoRA do not see in a step.',
    ...number('a number from 0 and below 1', (value) => value >= 0 && value < 1),
  },
  lora_target_modules: {
    ours: 'auto',
    huggingFace: null,
    explanation:
      'Modules that get LoRA, by the ends of their names. auto: query and value of the attention; all-linear: every linear layer of the encoder.',
    ...LORA_TARGETS,
  },
};
