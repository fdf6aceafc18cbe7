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
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: 3072,
    hidden_act: 'gelu',
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
    classifier_dropout: null,
    max_position_embeddings: 512,
    type_vocab_size: 2,
    initializer_range: 0.02,
    layer_norm_eps: 1e-12,
    classes: null,
  });
});

test('class names come in the order of their index', () => {
  expect(parseConfig({ model_type: 'bert', id2label: { 1: 'b', 0: 'a', 2: 'c' } }).classes).toEqual(['a', 'b', 'c']);
});

describe('a value that cannot be used is named by its key', () => {
  test.each<[string, Record<string, unknown>]>([
    ['model_type', { model_type: 'roberta' }],
    ['hidden_size', { hidden_size: 770 }],
    ['hidden_size', { hidden_size: '768' }],
    ['vocab_size', { vocab_size: 0 }],
    ['num_hidden_layers', { num_hidden_layers: 1e9 }],
    ['hidden_act', { hidden_act: 'silu' }],
    ['hidden_dropout_prob', { hidden_dropout_prob: 1 }],
    ['layer_norm_eps', { layer_norm_eps: 0 }],
    ['position_embedding_type', { position_embedding_type: 'relative_key' }],
    ['is_decoder', { is_decoder: true }],
    ['problem_type', { problem_type: 'multi_label_classification' }],
    ['id2label', { id2label: { 0: 'a', 2: 'c' } }],
    ['id2label', { id2label: ['a', 'b'] }],
  ])('%s in %j', (key, change) => {
    const problem = problemOf({ model_type: 'bert', ...change });
    expect(problem.where).toBe(`config.json, ${key}`);
    expect(problem.found).toBe(JSON.stringify(change[key]));
  });

  test('no object', () => {
    expect(problemOf([]).found).toBe('a list');
    expect(problemOf({}).where).toBe('config.json, model_type');
  });
});
