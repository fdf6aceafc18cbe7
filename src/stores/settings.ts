/**
 * The settings of the next run, as the person types them, with what each means. A field is text until a run starts: then `parse`
 * gives numbers, or says which field is wrong and how.
 */
import { createStore } from 'zustand/vanilla';
import type { TrainSettings } from '../protocol/trainer.ts';

const NAMES = [
  'num_train_epochs',
  'learning_rate',
  'per_device_train_batch_size',
  'max_length',
  'weight_decay',
  'warmup_ratio',
  'max_grad_norm',
  'seed',
  'evaluations_per_epoch',
] as const satisfies readonly (keyof TrainSettings)[];

/** The settings that the page offers. */
export type SettingName = (typeof NAMES)[number];

export interface Setting {
  readonly label: string;
  readonly initial: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly integer: boolean;
  readonly explanation: string;
}

/** Labels, defaults and bounds. The keys are `TrainingArguments`' names where it has one. */
export const SETTINGS: Readonly<Record<SettingName, Setting>> = {
  num_train_epochs: {
    label: 'Epochs',
    initial: '3',
    minimum: 1,
    maximum: 1000,
    integer: true,
    explanation: 'How often the model sees every text.',
  },
  learning_rate: {
    label: 'Learning rate',
    initial: '2e-4',
    minimum: 1e-9,
    maximum: 1,
    integer: false,
    explanation: 'How far a step goes. 2e-4 suits the starter, 2e-5 to 5e-5 larger models.',
  },
  per_device_train_batch_size: {
    label: 'Batch size',
    initial: '32',
    minimum: 1,
    maximum: 1024,
    integer: true,
    explanation: 'Texts in one step. Less needs less memory.',
  },
  max_length: {
    label: 'Max length',
    initial: '64',
    minimum: 3,
    maximum: 8192,
    integer: true,
    explanation: 'Tokens of a text that are read; the rest is cut off.',
  },
  weight_decay: {
    label: 'Weight decay',
    initial: '0.01',
    minimum: 0,
    maximum: 1,
    integer: false,
    explanation: 'Pulls weights towards zero, against learning by heart. Not used on biases and LayerNorm.',
  },
  warmup_ratio: {
    label: 'Warm-up ratio',
    initial: '0.1',
    minimum: 0,
    maximum: 1,
    integer: false,
    explanation: 'Share of the steps over which the learning rate rises to its full height.',
  },
  max_grad_norm: {
    label: 'Gradient norm',
    initial: '1',
    minimum: 1e-6,
    maximum: 1e6,
    integer: false,
    explanation: 'Longer gradients are shortened to this length.',
  },
  seed: {
    label: 'Training seed',
    initial: '42',
    minimum: 0,
    maximum: 2 ** 32 - 1,
    integer: true,
    explanation: 'The same seed shuffles and drops out the same way again.',
  },
  evaluations_per_epoch: {
    label: 'Evaluations',
    initial: '4',
    minimum: 1,
    maximum: 100,
    integer: true,
    explanation: 'How often in each round the model is measured on the validation texts.',
  },
};

/** What is wrong with `text` as this setting, null when nothing is. */
export function settingError(name: SettingName, text: string): string | null {
  const { label, minimum, maximum, integer } = SETTINGS[name];
  const value = Number(text.trim().replace(',', '.'));
  if (text.trim() === '' || !Number.isFinite(value)) return `${label} must be a number, like ${SETTINGS[name].initial}`;
  if (integer && !Number.isInteger(value)) return `${label} must be a whole number`;
  if (value < minimum) return `${label} must be at least ${minimum}`;
  if (value > maximum) return `${label} must be at most ${maximum}`;
  return null;
}

export interface SettingsState {
  readonly drafts: Readonly<Record<SettingName, string>>;
  edit(name: SettingName, text: string): void;
  reset(): void;
}

function initialDrafts(): Record<SettingName, string> {
  return Object.fromEntries(NAMES.map((name) => [name, SETTINGS[name].initial])) as Record<SettingName, string>;
}

export const settingsStore = createStore<SettingsState>()((set) => ({
  drafts: initialDrafts(),
  edit: (name, text) => set(({ drafts }) => ({ drafts: { ...drafts, [name]: text } })),
  reset: () => set({ drafts: initialDrafts() }),
}));

/** The numbers of `drafts`, or the first field that is wrong. */
export function parseSettings(
  drafts: Readonly<Record<SettingName, string>>,
): TrainSettings | { readonly wrong: SettingName; readonly message: string } {
  for (const name of NAMES) {
    const message = settingError(name, drafts[name]);
    if (message !== null) return { wrong: name, message };
  }
  const number = (name: SettingName): number => Number(drafts[name].trim().replace(',', '.'));
  return {
    num_train_epochs: number('num_train_epochs'),
    learning_rate: number('learning_rate'),
    per_device_train_batch_size: number('per_device_train_batch_size'),
    max_length: number('max_length'),
    weight_decay: number('weight_decay'),
    warmup_ratio: number('warmup_ratio'),
    max_grad_norm: number('max_grad_norm'),
    seed: number('seed'),
    evaluations_per_epoch: number('evaluations_per_epoch'),
  };
}

/** The max_length to read a single text with: the present field, or its default while the field is wrong. */
export function presentMaxLength(): number {
  const text = settingsStore.getState().drafts.max_length;
  return Number(settingError('max_length', text) === null ? text : SETTINGS.max_length.initial);
}
