import { expect, it } from 'vitest';
import { completeArguments } from '../../engine/train/arguments.ts';
import { fromTrainingArguments } from '../../engine/train/read-arguments.ts';
import { readRecipeText, recipeText } from './recipe-file.ts';

const settings = completeArguments({ learning_rate: 5e-5, class_weights: [1, 2.5], eval_strategy: 'steps', eval_steps: 20 });

it.each(['json', 'yaml'] as const)('%s reads back as it was', (format) => {
  const text = recipeText(settings, format);
  expect(fromTrainingArguments(readRecipeText('recipe', text))).toEqual({ settings, remarks: [] });
});

it('reads numbers as PyYAML leaves them, and comments', () => {
  const text = '# by hand\nlearning_rate: 5e-5\nnum_train_epochs: "2"\nfp16: false\n';
  expect(fromTrainingArguments(readRecipeText('recipe', text)).settings).toMatchObject({
    learning_rate: 5e-5,
    num_train_epochs: 2,
  });
});

it('says what is no recipe', () => {
  expect(() => readRecipeText('a.json', '{"seed": ')).toThrow(/^a.json: expected JSON or YAML/);
  expect(() => readRecipeText('a.yaml', 'x'.repeat(100_001))).toThrow(/at most 100,000 characters/);
  expect(() => fromTrainingArguments(readRecipeText('a.yaml', 'just words'))).toThrow(/a JSON object/);
});
