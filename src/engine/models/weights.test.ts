import { describe, expect, test } from 'vitest';
import { Problem } from '../../lib/problem.ts';
import { TOY_FAMILIES, toyConfig, toyWeights } from '../testing/toy-model.ts';
import { familyOf, parameterSpecs } from './families.ts';
import { readWeights, type WeightSource } from './weights.ts';

const config = toyConfig();

function problemOf(source: WeightSource, of = config): Problem {
  try {
    readWeights(of, source);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('the weights were accepted');
}

describe.each(TOY_FAMILIES.map((of) => ({ of, ...familyOf(of) })))('names of $of.model_type', ({ prefix, of }) => {
  const expected = readWeights(of, toyWeights(of));

  test('all are found', () => {
    expect(expected.remarks).toEqual([]);
    expect(expected.classes).toEqual(['LABEL_0', 'LABEL_1']);
    expect([...expected.values.keys()]).toEqual(parameterSpecs(of, 2).map(({ name }) => name));
    expect(toyWeights(of).names.filter((name) => name.startsWith(prefix)).length).toBeGreaterThan(30);
  });

  test.each<[string, (name: string) => string]>([
    ['without the prefix', (name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name)],
    [
      'with gamma and beta',
      (name) => name.replace(/(layer_?norm)\.weight/i, '$1.gamma').replace(/(layer_?norm)\.bias/i, '$1.beta'),
    ],
  ])('%s', (_title, rename) => {
    const renamed = toyWeights(of, { rename });
    expect(renamed.names).not.toEqual(toyWeights(of).names);
    expect(readWeights(of, renamed).values).toEqual(expected.values);
  });

  test('without a head, beside the head of another task', () => {
    const headless = toyWeights(of, { rename: (name) => (/pooler|classifier/.test(name) ? null : name) });
    const names = [...headless.names, 'lm_head.dense.weight', 'vocab_transform.weight', 'qa_outputs.bias'];
    const { classes, remarks } = readWeights(of, { ...headless, names });
    expect(classes).toBeNull();
    expect(remarks).toHaveLength(2);
    expect(remarks[0]).toMatch(/^The model has no [a-z_.]+ and no classifier.*: new ones are initialised at training/);
    expect(remarks[1]).toBe('3 tensors not used: lm_head.dense.weight, vocab_transform.weight, qa_outputs.bias.');
  });
});

test('a table of positions that DeBERTa does not use is left alone', () => {
  const deberta = TOY_FAMILIES.find(({ model_type }) => model_type === 'deberta-v2')!;
  const source = toyWeights(deberta);
  const names = [...source.names, 'deberta.embeddings.position_embeddings.weight'];
  const { remarks } = readWeights(deberta, { ...source, names });
  expect(remarks).toEqual(['1 tensor not used: deberta.embeddings.position_embeddings.weight.']);
});

describe('joined tensors', () => {
  const expected = readWeights(config, toyWeights(config)).values;

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
    const { values, classes, remarks } = readWeights(config, source);
    expect(classes).toBeNull();
    expect([...values.keys()].some((name) => /pooler|classifier/.test(name))).toBe(false);
    const how = 'new ones are initialised at training (normal, standard deviation 0.02, from the seed).';
    expect(remarks).toEqual([`The model has no pooler.dense and no classifier: ${how}`]);
  });

  test('one half of a head is none', () => {
    const source = toyWeights(config, { rename: (name) => (name === 'classifier.bias' ? null : name) });
    const { values, classes, remarks } = readWeights(config, source);
    expect(classes).toBeNull();
    expect(values.has('classifier.weight')).toBe(false);
    expect(remarks[0]).toContain('The model has no classifier: a new one is');
  });

  test('of another task is not used', () => {
    const tagger = toyConfig({ architectures: ['BertForTokenClassification'], id2label: { 0: 'O', 1: 'B', 2: 'I' } });
    const { values, classes, remarks } = readWeights(tagger, toyWeights(tagger, { classCount: 3 }));
    expect(classes).toBeNull();
    expect(values.has('classifier.weight')).toBe(false);
    expect(values.has('pooler.dense.weight')).toBe(true);
    expect(remarks).toEqual([
      'The model has no classifier: a new one is initialised at training (normal, standard deviation 0.02, from the seed).',
      '2 tensors not used: classifier.weight, classifier.bias (config.json says BertForTokenClassification).',
    ]);
  });

  test('of one class is a regression and refused', () => {
    expect(problemOf(toyWeights(config, { classCount: 1 })).found).toContain('regression');
  });

  test('a classifier brings its classes', () => {
    expect(readWeights(config, toyWeights(config, { classCount: 3 })).classes).toEqual(['LABEL_0', 'LABEL_1', 'LABEL_2']);
    const named = toyConfig({ id2label: { 0: 'no', 1: 'yes' } });
    expect(readWeights(named, toyWeights(named)).classes).toEqual(['no', 'yes']);
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
  const { remarks } = readWeights(config, { ...source, names: [...source.names, ...extra] });
  expect(remarks).toEqual(['2 tensors not used: cls.predictions.bias, bert.embeddings.position_ids.']);
});

test('all faults are in one problem', () => {
  const deeper = toyConfig({ num_hidden_layers: 3 });
  const source = toyWeights(deeper, { rename: (name) => (name.includes('layer.0.output.dense') ? null : name) });
  const wider = toyConfig({ intermediate_size: 38 });
  const { where, found } = problemOf(source, wider);
  expect(where).toBe('The weights');
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
