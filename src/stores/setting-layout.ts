/**
 * Where the page shows each training argument, and by what name. What an argument means, its defaults and its bounds are in the engine's
 * argument table; an argument without a place here does not compile.
 */
import type { ArgumentName } from '../engine/train/arguments.ts';

/** The settings as the person types them, by `TrainingArguments`' names. */
export type Drafts = Readonly<Record<ArgumentName, string>>;

export const SETTING_GROUPS = {
  length: 'Length of the run',
  learns: 'What learns, and from what',
  schedule: 'Schedule',
  optimizer: 'Optimizer',
  evaluation: 'Evaluation',
  saving: 'Saving the run',
} as const satisfies Readonly<Record<string, string>>;

export type SettingGroup = keyof typeof SETTING_GROUPS;

/** A setting that others can put out of use. */
export interface Need {
  readonly isMet: (drafts: Drafts) => boolean;
  /** Why the field is out of use, as a sentence. */
  readonly otherwise: string;
}

export interface SettingPlace {
  readonly label: string;
  readonly group: SettingGroup;
  /** In sight without opening anything. */
  readonly common?: true;
  readonly needs?: Need;
  /** What the page calls the choices. */
  readonly words?: Readonly<Record<string, string>>;
  /** Where a person at the page is better served by another default than a script. */
  readonly initial?: string;
}

const EVALUATED: Need = {
  isMet: ({ eval_strategy }) => eval_strategy !== 'no',
  otherwise: 'Not in use: only the end of the run is measured.',
};

const WARMED_UP: Need = {
  isMet: ({ lr_scheduler_type }) => lr_scheduler_type !== 'constant',
  otherwise: 'Not in use: a constant rate has no warm-up.',
};

const SAVED: Need = { isMet: ({ save_strategy }) => save_strategy !== 'no', otherwise: 'Not in use: the run is never saved.' };

const LORA: Need = { isMet: ({ train_layers }) => train_layers === 'lora', otherwise: 'Only where LoRA learns.' };

/** In the order of the page. */
export const LAYOUT: Readonly<Record<ArgumentName, SettingPlace>> = {
  num_train_epochs: {
    label: 'Epochs',
    group: 'length',
    common: true,
    needs: { isMet: ({ max_steps }) => !(Number(max_steps) >= 1), otherwise: 'Not in use: Most steps decides.' },
  },
  learning_rate: { label: 'Learning rate', group: 'optimizer', common: true },
  per_device_train_batch_size: { label: 'Batch size', group: 'length', common: true },
  max_length: { label: 'Max length', group: 'learns', common: true },
  max_steps: { label: 'Most steps', group: 'length' },
  gradient_accumulation_steps: { label: 'Batches in a step', group: 'length' },
  gradient_checkpointing: {
    label: 'Gradient checkpointing',
    group: 'length',
    needs: {
      isMet: ({ train_layers }) => train_layers !== 'head',
      otherwise: 'Not in use: the head alone keeps next to nothing.',
    },
  },
  fp16: { label: 'Keep in 16 bits', group: 'length' },
  early_stopping_patience: { label: 'Early stopping', group: 'length', needs: EVALUATED },
  early_stopping_threshold: {
    label: 'Least gain',
    group: 'length',
    needs: {
      isMet: (drafts) => EVALUATED.isMet(drafts) && Number(drafts.early_stopping_patience) > 0,
      otherwise: 'Not in use without early stopping.',
    },
  },
  seed: { label: 'Training seed', group: 'length' },
  weight_decay: { label: 'Weight decay', group: 'optimizer' },
  max_grad_norm: { label: 'Gradient norm', group: 'optimizer' },
  adam_beta1: { label: 'Beta 1', group: 'optimizer' },
  adam_beta2: { label: 'Beta 2', group: 'optimizer' },
  adam_epsilon: { label: 'Epsilon', group: 'optimizer' },
  lr_scheduler_type: {
    label: 'Schedule',
    group: 'schedule',
    words: { linear: 'Linear', cosine: 'Cosine', constant: 'Constant', constant_with_warmup: 'Constant, warmed up' },
  },
  warmup_ratio: {
    label: 'Warm-up ratio',
    group: 'schedule',
    needs: {
      isMet: (drafts) => WARMED_UP.isMet(drafts) && !(Number(drafts.warmup_steps) > 0),
      otherwise: 'Not in use: there is no warm-up, or its steps are given.',
    },
  },
  warmup_steps: { label: 'Warm-up steps', group: 'schedule', needs: WARMED_UP },
  eval_strategy: {
    label: 'Measure',
    group: 'evaluation',
    words: { no: 'At the end only', steps: 'Each so many steps', epoch: 'In each epoch' },
  },
  evaluations_per_epoch: {
    label: 'Evaluations',
    group: 'evaluation',
    needs: {
      isMet: ({ eval_strategy }) => eval_strategy === 'epoch',
      otherwise: 'Only where each epoch is measured.',
    },
  },
  eval_steps: {
    label: 'Steps between evaluations',
    group: 'evaluation',
    needs: {
      isMet: ({ eval_strategy }) => eval_strategy === 'steps',
      otherwise: 'Only where each so many steps are measured.',
    },
  },
  per_device_eval_batch_size: { label: 'Batch size of evaluations', group: 'evaluation' },
  load_best_model_at_end: { label: 'Keep the best', group: 'evaluation', needs: EVALUATED, initial: 'true' },
  metric_for_best_model: {
    label: 'Best is',
    group: 'evaluation',
    needs: EVALUATED,
    words: { macro_f1: 'Highest macro F1', accuracy: 'Highest accuracy', loss: 'Lowest loss' },
  },
  train_layers: {
    label: 'What learns',
    group: 'learns',
    common: true,
    words: { all: 'All layers', last: 'The last layers', head: 'The head only', lora: 'LoRA' },
  },
  train_last_layers: {
    label: 'Last layers',
    group: 'learns',
    needs: { isMet: ({ train_layers }) => train_layers === 'last', otherwise: 'Only where the last layers learn.' },
  },
  lora_r: { label: 'LoRA rank', group: 'learns', needs: LORA },
  lora_alpha: { label: 'LoRA alpha', group: 'learns', needs: LORA },
  lora_dropout: { label: 'LoRA dropout', group: 'learns', needs: LORA },
  lora_target_modules: { label: 'LoRA modules', group: 'learns', needs: LORA },
  save_strategy: {
    label: 'Save',
    group: 'saving',
    words: { epoch: 'Behind each epoch', steps: 'Each so many steps', no: 'Never' },
  },
  save_steps: {
    label: 'Steps between checkpoints',
    group: 'saving',
    needs: {
      isMet: ({ save_strategy }) => save_strategy === 'steps',
      otherwise: 'Only where it is saved each so many steps.',
    },
  },
  save_minutes: { label: 'Minutes between checkpoints', group: 'saving', needs: SAVED },
  save_total_limit: { label: 'Checkpoints to keep', group: 'saving', needs: SAVED },
  label_smoothing_factor: { label: 'Label smoothing', group: 'learns' },
  class_weights: { label: 'Class weights', group: 'learns' },
};

/** All settings in the order of the page. */
export const SETTINGS = Object.keys(LAYOUT) as readonly ArgumentName[];
