import { describe, expect, test } from 'vitest';
import { readTrainCommand, usage } from './command-line.ts';

const NEEDED = ['--data', 'reviews.csv', '--out', 'model'];
const read = (...words: string[]) => readTrainCommand([...NEEDED, ...words]);

describe('command line of training', () => {
  test('without options: the starter, guessed columns, the split of the page', () => {
    expect(read()).toEqual({
      data: 'reviews.csv',
      out: 'model',
      model: 'starter',
      config: null,
      revision: '',
      cache: null,
      columns: {},
      validationShare: 0.2,
      testShare: 0,
      splitSeed: 42,
      compute: 'auto',
      threads: null,
      tune: false,
      settings: {},
    });
  });

  test('training arguments by short name, with - or _, with = or a word', () => {
    const { settings } = read('--epochs', '2', '--lr=5e-5', '--warmup-ratio', '0', '--per_device_eval_batch_size', '7');
    expect(settings).toEqual({
      num_train_epochs: '2',
      learning_rate: '5e-5',
      warmup_ratio: '0',
      per_device_eval_batch_size: '7',
    });
  });

  test("transformers 4's names, and Trainer's default beside ours where it is another", () => {
    expect(read('--evaluation-strategy', 'no').settings).toEqual({ eval_strategy: 'no' });
    const lines = usage().split('\n');
    expect(lines.find((line) => line.includes('--learning_rate '))).toMatch(/Default: 0\.0002 \(Trainer: 0\.00005\)\.$/);
    expect(lines.find((line) => line.includes('--num_train_epochs '))).toMatch(/Default: 3\.$/);
  });

  test('columns by name, and what need not be there by "none"', () => {
    const words = ['--text', 'a', '--text-pair', 'b', '--label', 'c', '--label-separator', ';', '--split', 'd', '--group', 'e'];
    const named = { text: 'a', textPair: 'b', label: 'c', labelSeparator: ';', split: 'd', group: 'e' };
    expect(read(...words).columns).toEqual(named);
    expect(read('--text-pair', 'none', '--split=none').columns).toEqual({ textPair: null, split: null });
  });

  test('a flag alone is true, lists are divided by commas', () => {
    expect(read('--load-best-model-at-end', '--seed', '3').settings).toEqual({ load_best_model_at_end: true, seed: '3' });
    expect(read('--load_best_model_at_end', 'false').settings).toEqual({ load_best_model_at_end: false });
    expect(read('--class-weights', '1, 2.5').settings).toEqual({ class_weights: [1, 2.5] });
    expect(read('--class-weights', 'balanced').settings).toEqual({ class_weights: 'balanced' });
  });

  test.each([
    [['--out', 'model'], '--data: expected a file'],
    [['--data', 'reviews.csv'], '--out: expected a folder'],
    [[...NEEDED, '--speed', '9'], "Unknown option '--speed'"],
    [[...NEEDED, 'more'], "Unexpected argument 'more'"],
    [[...NEEDED, '--compute', 'tpu'], '--compute: expected auto, cpu or webgpu, found "tpu"'],
    [[...NEEDED, '--validation-share', '1.5'], '--validation-share: expected a share between 0 and 1, found "1.5"'],
    [[...NEEDED, '--label-separator', '/'], '--label-separator: expected ; | ,, found "/"'],
    [[...NEEDED, '--test-share', '1'], '--test-share: expected a share from 0 and below 1, found "1"'],
    [[...NEEDED, '--threads', '0'], '--threads: expected a whole number from 1, found "0"'],
  ])('%j is refused in words', (words, message) => {
    expect(() => readTrainCommand(words)).toThrow(message);
  });

  test('the help names every option that is understood', () => {
    const help = usage();
    for (const name of [
      '--data',
      '--model',
      '--out',
      '--revision',
      '--text-pair',
      '--label-separator',
      '--epochs',
      '--lr',
      '--label_smoothing_factor',
    ])
      expect(help).toContain(name);
  });
});
