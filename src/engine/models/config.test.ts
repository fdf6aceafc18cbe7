import { describe, expect, test } from 'vitest';
import { Problem } from '../../lib/problem.ts';
import { parseConfig } from './config.ts';

function problemOf(json: unknown): Problem {
  try {
    parseConfig(json);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('the config was accepted');
}

test('defaults are those of BertConfig', () => {
  const { source, ...config } = parseConfig({ model_type: 'bert' });
  expect(source).toEqual({ model_type: 'bert' });
  expect(config).toEqual({
    model_type: 'bert',
    vocab_size: 30522,
    embedding_size: 768,
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: 3072,
    hidden_act: 'gelu',
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
    pooler_dropout: 0,
    classifier_dropout: 0.1,
    max_position_embeddings: 512,
    position_biased_input: true,
    position_offset: 0,
    relative: null,
    score_terms: 1,
    conv: null,
    pooler_act: null,
    type_vocab_size: 2,
    initializer_range: 0.02,
    layer_norm_eps: 1e-12,
    problemType: 'single_label_classification',
    classes: null,
    otherTask: null,
  });
});

test.each<[string, Record<string, unknown>]>([
  [
    'distilbert',
    { hidden_size: 768, num_hidden_layers: 6, intermediate_size: 3072, type_vocab_size: 0, classifier_dropout: 0.2 },
  ],
  ['electra', { embedding_size: 128, hidden_size: 256, num_attention_heads: 4, intermediate_size: 1024 }],
  ['roberta', { vocab_size: 50265, position_offset: 2, max_position_embeddings: 512, type_vocab_size: 2 }],
  ['xlm-roberta', { vocab_size: 30522, position_offset: 2 }],
])("where %s's defaults are not BERT's", (model_type, differing) => {
  expect(parseConfig({ model_type })).toMatchObject({ ...differing, model_type });
});

test("the head's dropout is hidden_dropout_prob unless it is given", () => {
  expect(parseConfig({ model_type: 'roberta', hidden_dropout_prob: 0.3 }).classifier_dropout).toBe(0.3);
  expect(parseConfig({ model_type: 'roberta', hidden_dropout_prob: 0.3, classifier_dropout: null }).classifier_dropout).toBe(0.3);
  expect(parseConfig({ model_type: 'roberta', hidden_dropout_prob: 0.3, classifier_dropout: 0 }).classifier_dropout).toBe(0);
});

test("distilbert's keys have names of their own", () => {
  const json = { dim: 24, n_heads: 3, hidden_dim: 37, n_layers: 1, activation: 'relu', dropout: 0.2, attention_dropout: 0.3 };
  expect(parseConfig({ model_type: 'distilbert', ...json })).toMatchObject({
    embedding_size: 24,
    hidden_size: 24,
    num_attention_heads: 3,
    intermediate_size: 37,
    num_hidden_layers: 1,
    hidden_act: 'relu',
    hidden_dropout_prob: 0.2,
    attention_probs_dropout_prob: 0.3,
  });
});

const DEBERTA = { model_type: 'deberta-v2', relative_attention: true, share_att_key: true, pos_att_type: 'p2c|c2p' };

test("deberta-v2's defaults and its relative positions", () => {
  expect(parseConfig(DEBERTA)).toMatchObject({
    vocab_size: 128100,
    hidden_size: 1536,
    num_hidden_layers: 24,
    num_attention_heads: 24,
    intermediate_size: 6144,
    type_vocab_size: 0,
    layer_norm_eps: 1e-7,
    position_biased_input: true,
    pooler_dropout: 0,
    classifier_dropout: 0.1,
    conv: null,
    score_terms: 3,
    relative: { position_buckets: 0, max_relative_positions: 512, layer_norm: false, shared: true, c2p: true, p2c: true },
  });
  const v3 = { position_buckets: 256, max_relative_positions: -1, norm_rel_ebd: 'layer_norm', pos_att_type: ['p2c', 'c2p'] };
  expect(parseConfig({ ...DEBERTA, ...v3, max_position_embeddings: 300 }).relative).toEqual({
    position_buckets: 256,
    max_relative_positions: 300,
    layer_norm: true,
    shared: true,
    c2p: true,
    p2c: true,
  });
});

test.each<[string, Record<string, unknown>, string]>([
  ['pos_att_type', { pos_att_type: 'p2p' }, '"p2p"'],
  ['pos_att_type', { pos_att_type: undefined }, '""'],
  ['conv_kernel_size', { conv_kernel_size: 4 }, '4'],
  ['conv_groups', { conv_kernel_size: 3, conv_groups: 2 }, '2'],
  ['embedding_size', { embedding_size: 0 }, '0'],
  ['position_buckets', { position_buckets: 1100 }, '1100'],
  ['position_biased_input', { position_biased_input: 'no' }, '"no"'],
  ['pooler_hidden_act', { pooler_hidden_act: 'relu6' }, '"relu6"'],
])('deberta-v2 is refused for its %s %j', (key, change, found) => {
  expect(problemOf({ ...DEBERTA, ...change })).toMatchObject({ where: `config.json, ${key}`, found });
});

test.each<[unknown, string | null]>([
  [['BertForTokenClassification'], 'BertForTokenClassification'],
  [['BertForMaskedLM'], 'BertForMaskedLM'],
  [['BertForSequenceClassification'], null],
  [['BertModel'], null],
  [undefined, null],
  ['BertForMaskedLM', null],
])('architectures %j: the head of another task is %j', (architectures, otherTask) => {
  expect(parseConfig({ model_type: 'bert', architectures }).otherTask).toBe(otherTask);
});

test.each([
  ['BertForMaskedLM', 'bert'],
  ['BertModel', 'bert'],
  ['XLMRobertaForSequenceClassification', 'xlm-roberta'],
  ['RobertaForQuestionAnswering', 'roberta'],
  ['DebertaV2Model', 'deberta-v2'],
])('a config without model_type whose architecture is %s is of %s', (name, model_type) => {
  expect(parseConfig({ architectures: [name] }).model_type).toBe(model_type);
});

test('an architecture that is of no family does not help, nor against a model_type', () => {
  for (const json of [
    { architectures: ['BartModel'] },
    { architectures: [7] },
    { model_type: 'bart', architectures: ['BertModel'] },
  ]) {
    expect(problemOf(json).where).toBe('config.json, model_type');
  }
});

test('an activation that we have not is refused with the list of those that we have', () => {
  const { expected } = problemOf({ model_type: 'bert', hidden_act: 'laplace' });
  for (const name of ['gelu_fast', 'gelu_pytorch_tanh', 'quick_gelu', 'silu', 'swish', 'mish', 'linear'])
    expect(expected).toContain(name);
  expect(parseConfig({ model_type: 'bert', hidden_act: 'swish' }).hidden_act).toBe('silu');
});

test("ELECTRA's summary_* keys are of another head and change nothing", () => {
  const keys = { summary_type: 'first', summary_use_proj: true, summary_activation: 'relu', summary_last_dropout: 0.7 };
  const [electra, plain] = [keys, {}].map((more) => ({ ...parseConfig({ model_type: 'electra', ...more }), source: null }));
  expect(electra).toEqual(plain);
  expect(electra).toMatchObject({ pooler_dropout: 0.1, classifier_dropout: 0.1 });
});

test('class names come in the order of their index', () => {
  expect(parseConfig({ model_type: 'bert', id2label: { 1: 'b', 0: 'a', 2: 'c' } }).classes).toEqual(['a', 'b', 'c']);
});

describe('a value that cannot be used is named by its key', () => {
  test.each<[string, Record<string, unknown>]>([
    ['model_type', { model_type: 'gpt2' }],
    ['model_type', { model_type: 'toString' }],
    ['hidden_size', { hidden_size: 770 }],
    ['hidden_size', { hidden_size: '768' }],
    ['vocab_size', { vocab_size: 0 }],
    ['num_hidden_layers', { num_hidden_layers: 1e9 }],
    ['hidden_act', { hidden_act: 'relu6' }],
    ['hidden_dropout_prob', { hidden_dropout_prob: 1 }],
    ['layer_norm_eps', { layer_norm_eps: 0 }],
    ['position_embedding_type', { position_embedding_type: 'relative_key' }],
    ['is_decoder', { is_decoder: true }],
    ['problem_type', { problem_type: 'regression' }],
    ['problem_type', { problem_type: 7 }],
    ['dim', { model_type: 'distilbert', dim: 25 }],
    ['sinusoidal_pos_embds', { model_type: 'distilbert', sinusoidal_pos_embds: 1 }],
    ['embedding_size', { model_type: 'electra', embedding_size: 0.5 }],
    ['max_position_embeddings', { model_type: 'roberta', max_position_embeddings: 2 }],
    ['pad_token_id', { model_type: 'xlm-roberta', pad_token_id: -1 }],
    ['id2label', { id2label: { 0: 'a', 2: 'c' } }],
    ['id2label', { id2label: ['a', 'b'] }],
  ])('%s in %j', (key, change) => {
    const problem = problemOf({ model_type: 'bert', ...change });
    expect(problem.where).toBe(`config.json, ${key}`);
    expect(problem.found).toBe(JSON.stringify(change[key]));
  });

  test('a regression is told by its word', () => {
    expect(problemOf({ model_type: 'bert', problem_type: 'regression' }).fix).toContain('no regressions');
  });

  test('several labels a text are not refused', () => {
    const problem_type = 'multi_label_classification';
    expect(parseConfig({ model_type: 'bert', problem_type }).problemType).toBe(problem_type);
  });

  test('no object', () => {
    expect(problemOf([]).found).toBe('a list');
    expect(problemOf({}).where).toBe('config.json, model_type');
  });
});
