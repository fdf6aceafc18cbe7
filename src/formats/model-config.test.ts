import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { classifierConfig, TEXT_PAIR_KEY } from './model-config.ts';

test("the starter's config with two classes", () => {
  const config = JSON.parse(readFileSync('public/models/starter/config.json', 'utf8')) as Record<string, unknown>;
  const before = structuredClone(config);
  expect(
    classifierConfig(config, 'BertForSequenceClassification', ['negative', 'positive'], 'multi_label_classification'),
  ).toEqual({
    ...before,
    architectures: ['BertForSequenceClassification'],
    id2label: { '0': 'negative', '1': 'positive' },
    label2id: { negative: 0, positive: 1 },
    problem_type: 'multi_label_classification',
    torch_dtype: 'float32',
    dtype: 'float32',
  });
  expect(config).toEqual(before);
});

test('an earlier head is replaced, unknown keys stay', () => {
  const earlier = {
    id2label: { 0: 'a', 1: 'b', 2: 'c' },
    label2id: { a: 0 },
    num_labels: 3,
    finetuning_task: 'mnli',
    my_key: [1, { two: null }],
  };
  const source = { ...earlier, architectures: ['RobertaForMaskedLM'], problem_type: 'multi_label_classification' };
  const config = classifierConfig(source, 'RobertaForSequenceClassification', ['x'], 'single_label_classification');
  expect(config).toMatchObject({
    architectures: ['RobertaForSequenceClassification'],
    id2label: { '0': 'x' },
    problem_type: 'single_label_classification',
    my_key: [1, { two: null }],
  });
  expect(config['label2id']).toEqual({ x: 0 });
  expect(Object.keys(config)).not.toContain('num_labels');
  expect(Object.keys(config)).not.toContain('finetuning_task');
});

test('pairs of texts are remembered, and forgotten when a model of single texts is made of it', () => {
  const type = 'single_label_classification';
  const pairs = classifierConfig({ model_type: 'bert' }, 'BertForSequenceClassification', ['a', 'b'], type, true);
  expect(pairs[TEXT_PAIR_KEY]).toBe(true);
  expect(classifierConfig(pairs, 'BertForSequenceClassification', ['a', 'b'], type)).not.toHaveProperty(TEXT_PAIR_KEY);
});

test('labels that JavaScript objects treat specially survive', () => {
  const classes = ['__proto__', 'constructor', '10', '"quoted"\n'];
  const config = JSON.parse(
    JSON.stringify(classifierConfig({}, 'BertForSequenceClassification', classes, 'single_label_classification')),
  ) as {
    label2id: object;
    id2label: object;
  };
  expect(
    Object.entries(config.label2id)
      .sort((a, b) => Number(a[1]) - Number(b[1]))
      .map(([label]) => label),
  ).toEqual(classes);
  expect(Object.values(config.id2label)).toEqual(classes);
});
