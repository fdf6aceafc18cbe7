/**
 * Training arguments from JSON that was written for or by transformers (training_args as a dictionary, a recipe), with the names of
 * versions 4 and 5. What it names and we have is taken, what is left out has our default, and what we cannot follow is said.
 */
import { plural } from '../../lib/counts.ts';
import { Problem } from '../../lib/problem.ts';
import { ARGUMENT_NAMES, completeArguments, type ArgumentName, type CompleteArguments } from './arguments.ts';

export interface ReadArguments {
  readonly settings: CompleteArguments;
  /** Sentences about what was given and is done otherwise here, or not at all. */
  readonly remarks: readonly string[];
}

type Given = Record<string, unknown>;

/** Names of transformers 4 and what they are called now. */
export const RENAMED: ReadonlyMap<string, ArgumentName> = new Map([
  ['evaluation_strategy', 'eval_strategy'],
  ['per_gpu_train_batch_size', 'per_device_train_batch_size'],
  ['per_gpu_eval_batch_size', 'per_device_eval_batch_size'],
]);

/** What Trainer and people call our measures; transformers lets each stand behind "eval_". */
const METRICS = new Map<string, CompleteArguments['metric_for_best_model']>([
  ['macro_f1', 'macro_f1'],
  ['f1_macro', 'macro_f1'],
  ['f1', 'macro_f1'],
  ['accuracy', 'accuracy'],
  ['loss', 'loss'],
]);

/** Arguments that would change the numbers: a remark for a value that we do not follow, null for one that changes nothing. */
const NOT_FOLLOWED = new Map<string, (value: unknown) => string | null>([
  ['group_by_length', (value) => (value === true ? GROUPED : null)],
  ['train_sampling_strategy', (value) => (value === 'random' ? null : value === 'group_by_length' ? GROUPED : SHUFFLED)],
  ['optim', (value) => (ADAMW.test(String(value)) ? null : 'optim is not followed: AdamW is used.')],
  ['lr_scheduler_kwargs', (value) => (isEmpty(value) ? null : 'lr_scheduler_kwargs are not used.')],
  ['neftune_noise_alpha', () => 'neftune_noise_alpha is not used.'],
  ['bf16', (value) => (value === true ? 'bf16 is not used: all is computed in 32 bits.' : null)],
  [
    'dataloader_drop_last',
    (value) => (value === true ? 'dataloader_drop_last is not used: the last rows are trained too.' : null),
  ],
]);

const GROUPED = 'Grouping by length is not used: rows are packed without padding, so equal lengths would save nothing.';
const SHUFFLED = 'train_sampling_strategy is not followed: rows are shuffled in each epoch.';
const ADAMW = /^adamw_(torch(_fused)?|hf)$/;

const MOST_NAMED = 6;

/** Throws a `Problem` for what is no JSON object, for a value that does not fit, and for `greater_is_better` the wrong way round. */
export function fromTrainingArguments(json: unknown): ReadArguments {
  if (!isRecord(json)) {
    throw new Problem({
      where: 'Training arguments',
      expected: 'a JSON object of names and values',
      found: Array.isArray(json) ? 'a list' : String(json),
      fix: 'Give an object like {"learning_rate": 5e-5}.',
    });
  }
  const present = Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null && value !== undefined));
  const remarks: string[] = [];
  const settings: Given = {};
  const unused: string[] = [];
  for (const [name, value] of Object.entries(present)) {
    const current = RENAMED.get(name) ?? name;
    if (isArgumentName(current)) {
      if (current === name || !(current in present)) settings[current] = value;
    } else if (NOT_FOLLOWED.has(name)) {
      const remark = NOT_FOLLOWED.get(name)?.(value);
      if (remark) remarks.push(remark);
    } else if (name !== 'greater_is_better') {
      unused.push(name);
    }
  }
  translate(settings);
  const complete = completeArguments(settings);
  checkDirection(present.greater_is_better, complete.metric_for_best_model);
  if (unused.length > 0) remarks.push(unusedRemark(unused));
  return { settings: complete, remarks };
}

/** Values that mean the same under another word. */
function translate(settings: Given): void {
  const { metric_for_best_model: metric, max_steps, eval_strategy } = settings;
  if (typeof metric === 'string') settings.metric_for_best_model = METRICS.get(metric.replace(/^eval_/, '')) ?? metric;
  if (typeof max_steps === 'number' && max_steps <= 0) settings.max_steps = -1;
  if (eval_strategy === 'epoch') settings.evaluations_per_epoch ??= 1;
}

function checkDirection(greaterIsBetter: unknown, metric: CompleteArguments['metric_for_best_model']): void {
  if (greaterIsBetter === undefined || greaterIsBetter === (metric !== 'loss')) return;
  throw new Problem({
    where: 'Setting greater_is_better',
    expected: `${metric !== 'loss'} for ${metric}`,
    found: JSON.stringify(greaterIsBetter),
    fix: 'Leave greater_is_better out: it follows from metric_for_best_model.',
  });
}

function unusedRemark(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED;
  const named = names.slice(0, MOST_NAMED).join(', ');
  return `Without meaning here: ${named}${rest > 0 ? ` and ${plural(rest, 'other name', 'other names')}` : ''}.`;
}

function isArgumentName(name: string): name is ArgumentName {
  return (ARGUMENT_NAMES as readonly string[]).includes(name);
}

function isRecord(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0;
}
