import { describe, expect, test } from 'vitest';
import { Problem } from '../../lib/problem.ts';
import { toyConfig, toyWeights } from '../testing/toy-bert.ts';
import { readBertWeights, type WeightSource } from './weights.ts';

const config = toyConfig();

function problemOf(source: WeightSource, of = config): Problem {
  try {
    readBertWeights(of, source);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('the weights were accepted');
}

describe('names', () => {
  const expected = readBertWeights(config, toyWeights(config)).values;

  test.each<[string, (name: string) => string]>([
    ['without the prefix', (name) => name.replace(/^bert\./, '')],
    [
      'with gamma and beta',
      (name) => name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta'),
    ],
  ])('%s', (_title, rename) => {
    expect(readBertWeights(config, toyWeights(config, { rename })).values).toEqual(expected);
  });

  test('query, key and value are joined in this order', () => {
    const source = toyWeights(config);
    const joined = expected.get('encoder.layer.1.attention.self.qkv.weight')!;
    const parts = ['query', 'key', 'value'].map((part) => source.tensor(`bert.encoder.layer.1.attention.self.${part}.weight`));
    expect([...joined]).toEqual(parts.flatMap(({ data }) => [...data]));
  });
});

describe('pooler and classifier', () => {
  test('may be missing, and it is said', () => {
    const source = toyWeights(config, { rename: (name) => (/pooler|classifier/.test(name) ? null : name) });
    const { values, classes, remarks } = readBertWeights(config, source);
    expect(classes).toBeNull();
    expect([...values.keys()].some((name) => /pooler|classifier/.test(name))).toBe(false);
    expect(remarks).toEqual([
      'The model has no pooler: a new one is initialised at training.',
      'The model has no classifier: a new one is initialised at training.',
    ]);
  });

  test('a classifier brings its classes', () => {
    expect(readBertWeights(config, toyWeights(config, { classCount: 3 })).classes).toEqual(['LABEL_0', 'LABEL_1', 'LABEL_2']);
    const named = toyConfig({ id2label: { 0: 'no', 1: 'yes' } });
    expect(readBertWeights(named, toyWeights(named)).classes).toEqual(['no', 'yes']);
  });

  test('a classifier of other classes than the config names is refused', () => {
    const named = toyConfig({ id2label: { 0: 'no', 1: 'yes' } });
    const { found } = problemOf(toyWeights(named, { classCount: 3 }), named);
    expect(found).toContain('classifier.weight is [3, 24] and should be [2, 24]');
  });
});

test('heads of other tasks and old buffers are not used, and it is said', () => {
  const source = toyWeights(config);
  const extra = ['cls.predictions.bias', 'bert.embeddings.position_ids'];
  const { remarks } = readBertWeights(config, { ...source, names: [...source.names, ...extra] });
  expect(remarks).toEqual(['2 tensors not used: cls.predictions.bias, bert.embeddings.position_ids.']);
});

test('all faults are in one problem', () => {
  const deeper = toyConfig({ num_hidden_layers: 3 });
  const source = toyWeights(deeper, { rename: (name) => (name.includes('layer.0.output.dense') ? null : name) });
  const wider = toyConfig({ intermediate_size: 38 });
  const { where, found } = problemOf(source, wider);
  expect(where).toBe('model.safetensors');
  expect(found).toContain(
    '2 tensors missing: bert.encoder.layer.0.output.dense.weight, bert.encoder.layer.0.output.dense.bias; 5 tensors of another shape',
  );
  expect(found).toContain('bert.encoder.layer.0.intermediate.dense.weight is [37, 24] and should be [38, 24]');
  expect(found).toContain('16 tensors that the config has no place for: bert.encoder.layer.2.');
  expect(found).toContain('and 10 more');
});

test('a model of another family lists what is missing', () => {
  const source = toyWeights(config, { rename: (name) => name.replace(/^bert\./, 'roberta.') });
  expect(problemOf(source).found).toContain('tensors missing: bert.embeddings.word_embeddings.weight');
});
