import { describe, expect, test } from 'vitest';
import { Problem } from '../../lib/problem.ts';
import { ARGUMENTS } from './argument-table.ts';
import { ARGUMENT_NAMES, completeArguments, type TrainingArguments } from './arguments.ts';
import { fromTrainingArguments } from './read-arguments.ts';

test('every default of ours and of Hugging Face fits its bounds', () => {
  for (const name of ARGUMENT_NAMES) {
    const { ours, huggingFace, read, explanation } = ARGUMENTS[name];
    expect(read(ours), name).toBe(ours);
    if (huggingFace !== null) expect(read(huggingFace), name).toBe(huggingFace);
    expect(explanation).toMatch(/^[A-Z].*\.$/);
  }
});

describe('completeArguments', () => {
  test('fills in what is left out', () => {
    const complete = completeArguments({ learning_rate: 1e-3, class_weights: [1, 2] });
    expect(Object.keys(complete).sort()).toEqual([...ARGUMENT_NAMES].sort());
    expect(complete).toMatchObject({ learning_rate: 1e-3, class_weights: [1, 2], adam_beta2: 0.999, max_steps: -1 });
  });

  test.each<[Partial<TrainingArguments>]>([
    [{ learning_rate: NaN }],
    [{ learning_rate: 1 }],
    [{ num_train_epochs: 0 }],
    [{ max_steps: 0 }],
    [{ per_device_train_batch_size: 1.5 }],
    [{ gradient_accumulation_steps: 0 }],
    [{ warmup_ratio: 1.1 }],
    [{ warmup_steps: 1.5 }],
    [{ warmup_steps: -1 }],
    [{ label_smoothing_factor: 1 }],
    [{ class_weights: [1, 0] }],
    [{ class_weights: [] }],
    [{ class_weights: [1, NaN] }],
    [{ adam_beta1: 1 }],
    [{ adam_epsilon: 0 }],
    [{ eval_steps: 0 }],
    [{ early_stopping_patience: 0.5 }],
    [{ train_last_layers: 0 }],
    [{ lora_r: 0 }],
    [{ lora_alpha: 0 }],
    [{ lora_dropout: 1 }],
    [{ lora_target_modules: [] }],
    [{ lora_target_modules: ['query', 'a b'] }],
  ])('refuses %j', (change) => {
    const [name] = Object.keys(change);
    expect(() => completeArguments(change)).toThrow(Problem);
    expect(() => completeArguments(change)).toThrow(new RegExp(`^Setting ${name}: expected `));
  });

  test('names of modules may be text', () => {
    const read = (lora_target_modules: unknown) => fromTrainingArguments({ lora_target_modules }).settings.lora_target_modules;
    expect(read('query, attention.output.dense')).toEqual(['query', 'attention.output.dense']);
    expect(read('all-linear')).toBe('all-linear');
    expect(read(['q_lin'])).toEqual(['q_lin']);
  });

  test('the best model and early stopping need evaluations', () => {
    for (const change of [{ load_best_model_at_end: true }, { early_stopping_patience: 2 }]) {
      expect(() => completeArguments({ ...change, eval_strategy: 'no' })).toThrow(/^Setting eval_strategy: /);
      expect(completeArguments({ ...change, eval_strategy: 'steps' })).toMatchObject(change);
    }
  });
});

describe('fromTrainingArguments', () => {
  test('names of transformers 4', () => {
    const { settings, remarks } = fromTrainingArguments({
      evaluation_strategy: 'epoch',
      warmup_ratio: 0.06,
      group_by_length: true,
      learning_rate: '5e-5',
      metric_for_best_model: 'eval_f1',
      greater_is_better: true,
      max_steps: 0,
      eval_steps: null,
    });
    expect(settings).toMatchObject({
      eval_strategy: 'epoch',
      evaluations_per_epoch: 1,
      warmup_ratio: 0.06,
      learning_rate: 5e-5,
      metric_for_best_model: 'macro_f1',
      max_steps: -1,
      eval_steps: 500,
    });
    expect(remarks).toEqual([expect.stringMatching(/^Grouping by length is not used/)]);
  });

  test('names of transformers 5, and what has no meaning here', () => {
    const { settings, remarks } = fromTrainingArguments({
      eval_strategy: 'steps',
      evaluation_strategy: 'no',
      eval_steps: 0.25,
      warmup_steps: 0.1,
      optim: 'adamw_torch_fused',
      train_sampling_strategy: 'random',
      fp16: false,
      lr_scheduler_kwargs: {},
      output_dir: 'out',
      logging_steps: 10,
    });
    expect(settings).toMatchObject({ eval_strategy: 'steps', eval_steps: 0.25, warmup_steps: 0.1 });
    expect(remarks).toEqual(['Without meaning here: output_dir, logging_steps.']);
  });

  test('what would change the numbers is said', () => {
    const given = { optim: 'adafactor', bf16: true, neftune_noise_alpha: 5, lr_scheduler_kwargs: { num_cycles: 2 } };
    expect(fromTrainingArguments(given).remarks).toHaveLength(4);
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`name_${i}`, i]));
    expect(fromTrainingArguments(many).remarks).toEqual([expect.stringMatching(/name_5 and 3 other names\.$/)]);
  });

  test.each<[unknown, RegExp]>([
    [[], /^Training arguments: expected a JSON object .* found a list/],
    [null, /^Training arguments: .* found null/],
    [{ lr_scheduler_type: 'polynomial' }, /^Setting lr_scheduler_type: expected "linear" or .* found polynomial/],
    [{ learning_rate: 'fast' }, /^Setting learning_rate: /],
    [{ load_best_model_at_end: 'yes' }, /^Setting load_best_model_at_end: expected true or false/],
    [{ metric_for_best_model: 'constructor' }, /^Setting metric_for_best_model: /],
    [{ metric_for_best_model: 'loss', greater_is_better: true }, /^Setting greater_is_better: expected false for loss/],
    [{ class_weights: { a: 1 } }, /^Setting class_weights: .* found \{"a":1\}/],
  ])('refuses %j', (json, message) => {
    expect(() => fromTrainingArguments(json)).toThrow(Problem);
    expect(() => fromTrainingArguments(json)).toThrow(message);
  });

  test('names of JavaScript itself are only names', () => {
    const { remarks } = fromTrainingArguments(JSON.parse('{"__proto__": 1, "toString": 2, "constructor": 3}'));
    expect(remarks).toEqual(['Without meaning here: __proto__, toString, constructor.']);
  });
});
