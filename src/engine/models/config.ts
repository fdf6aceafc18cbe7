/**
 * A Hugging Face config.json of `model_type` bert, checked: keys and defaults are those of transformers' `BertConfig`. What the
 * engine cannot compute (another family, a decoder, relative positions) is refused by the name of its key.
 */
import { Problem } from '../../lib/problem.ts';
import type { Activation } from '../ops/contract.ts';

export interface BertConfig {
  readonly model_type: 'bert';
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly hidden_act: Activation;
  readonly hidden_dropout_prob: number;
  readonly attention_probs_dropout_prob: number;
  /** Dropout in front of the classifier; null: `hidden_dropout_prob`. */
  readonly classifier_dropout: number | null;
  readonly max_position_embeddings: number;
  readonly type_vocab_size: number;
  readonly initializer_range: number;
  readonly layer_norm_eps: number;
  /** Class names in the order of their index, null when config.json names none. */
  readonly classes: readonly string[] | null;
  /** config.json as it came. */
  readonly source: Readonly<Record<string, unknown>>;
}

/** `hidden_act` as transformers names them; several names stand for one formula. */
const ACTIVATION_OF: Readonly<Record<string, Activation>> = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'gelu_new',
  gelu_fast: 'gelu_new',
  gelu_pytorch_tanh: 'gelu_new',
  relu: 'relu',
  tanh: 'tanh',
};

const FIX = 'Choose the folder of a BERT encoder, such as bert-base-uncased, or correct the value.';

function problem(key: string, expected: string, value: unknown, fix = FIX): Problem {
  const found = value === undefined ? 'nothing' : JSON.stringify(value);
  return new Problem({ where: `config.json, ${key}`, expected, found, fix });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Class names from `id2label`, whose keys must be 0 .. C-1 in any order. */
function readClasses(json: Readonly<Record<string, unknown>>): readonly string[] | null {
  const { id2label } = json;
  if (id2label === undefined || id2label === null) return null;
  const expected = 'an object from 0, 1, ... to class names';
  if (!isRecord(id2label)) throw problem('id2label', expected, id2label);
  return Object.keys(id2label).map((_, index) => {
    const name = id2label[index];
    if (typeof name !== 'string') throw problem('id2label', expected, id2label);
    return name;
  });
}

/** Reads the parsed JSON of a config.json. Throws `Problem` naming the key. */
export function parseConfig(json: unknown): BertConfig {
  if (!isRecord(json)) {
    const found = Array.isArray(json) ? 'a list' : typeof json;
    throw new Problem({ where: 'config.json', expected: 'an object', found, fix: FIX });
  }
  const number = (key: string, standard: number, expected: string, fits: (value: number) => boolean): number => {
    const value = json[key] ?? standard;
    if (typeof value !== 'number' || !fits(value)) throw problem(key, expected, value);
    return value;
  };
  const count = (key: string, standard: number, most = 2 ** 24): number => {
    const expected = `a whole number from 1 to ${most}`;
    return number(key, standard, expected, (value) => Number.isInteger(value) && value >= 1 && value <= most);
  };
  const rate = (key: string, standard: number): number =>
    number(key, standard, 'a number from 0 to below 1', (value) => value >= 0 && value < 1);
  const only = (key: string, allowed: unknown): void => {
    const value = json[key] ?? allowed;
    if (value !== allowed) throw problem(key, JSON.stringify(allowed), value);
  };

  if (json['model_type'] !== 'bert') throw problem('model_type', '"bert"', json['model_type']);
  only('position_embedding_type', 'absolute');
  only('is_decoder', false);
  only('add_cross_attention', false);
  only('problem_type', 'single_label_classification');
  const act = json['hidden_act'] ?? 'gelu';
  const hidden_act = typeof act === 'string' ? ACTIVATION_OF[act] : undefined;
  if (!hidden_act) throw problem('hidden_act', `one of ${Object.keys(ACTIVATION_OF).join(', ')}`, act);

  const config: BertConfig = {
    model_type: 'bert',
    vocab_size: count('vocab_size', 30522),
    hidden_size: count('hidden_size', 768),
    num_hidden_layers: count('num_hidden_layers', 12, 1024),
    num_attention_heads: count('num_attention_heads', 12),
    intermediate_size: count('intermediate_size', 3072),
    hidden_act,
    hidden_dropout_prob: rate('hidden_dropout_prob', 0.1),
    attention_probs_dropout_prob: rate('attention_probs_dropout_prob', 0.1),
    classifier_dropout: json['classifier_dropout'] == null ? null : rate('classifier_dropout', 0.1),
    max_position_embeddings: count('max_position_embeddings', 512),
    type_vocab_size: count('type_vocab_size', 2),
    initializer_range: number('initializer_range', 0.02, 'a number above 0', (value) => value > 0 && value < Infinity),
    layer_norm_eps: number('layer_norm_eps', 1e-12, 'a number above 0', (value) => value > 0 && value < 1),
    classes: readClasses(json),
    source: json,
  };
  if (config.hidden_size % config.num_attention_heads !== 0) {
    throw problem('hidden_size', `a multiple of num_attention_heads, ${config.num_attention_heads}`, config.hidden_size);
  }
  return config;
}
