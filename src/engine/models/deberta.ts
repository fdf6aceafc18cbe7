/**
 * DeBERTa-v2 and v3 (He et al. 2021) with transformers' DebertaV2ForSequenceClassification: BERT's layers with disentangled attention, whose
 * scores also have the relative positions' products with queries and keys; no token types, usually no absolute positions.
 * Not here: keys and queries of their own for the positions, one kind of product without the other, the convolution of v2's largest.
 */
import { configProblem, type ConfigReader } from './config-reader.ts';
import { BERT_LAYERS, embed, embeddingParameters, encodeFirstTokens, layerParameters, type LayerNames } from './encoder.ts';
import type { EncoderConfig, Family } from './family.ts';
import { headParameters, type Head } from './head.ts';
import type { Network } from './network.ts';
import { embeddingSpec, normSpecs } from './parameters.ts';
import { relativeSpan, type RelativeConfig } from './relative-positions.ts';

const PREFIX = 'deberta.';
const HEAD: Head = { dense: 'pooler.dense', output: 'classifier', activation: 'gelu' };
const LAYERS: LayerNames = {
  ...BERT_LAYERS,
  query: 'attention.self.query_proj',
  key: 'attention.self.key_proj',
  value: 'attention.self.value_proj',
};
/** R = 2 · span rows. */
const TABLE = 'encoder.rel_embeddings';
const TABLE_NORM = 'encoder.LayerNorm';

function readRelative(keys: ConfigReader, maxPositions: number): RelativeConfig {
  keys.only('relative_attention', true, false);
  keys.only('share_att_key', true, false);
  const types = keys.words('pos_att_type');
  if (!types.includes('c2p') || !types.includes('p2c')) throw configProblem('pos_att_type', '"c2p|p2c"', types.join('|'));
  const asked = keys.integer('max_relative_positions', -1);
  const most = asked < 1 ? maxPositions : asked;
  const buckets = Math.max(0, keys.integer('position_buckets', -1));
  // Beyond that the logarithms have no sense.
  if (buckets === 1 || (buckets > 0 && most - 1 <= buckets / 2)) {
    throw configProblem('position_buckets', `2 or more, and less than twice the ${most} positions`, buckets);
  }
  return {
    position_buckets: buckets,
    max_relative_positions: most,
    layer_norm: keys.words('norm_rel_ebd').includes('layer_norm'),
  };
}

/** The table of relative positions [R,H], as every layer takes it. */
function relativeTable(net: Network, relative: RelativeConfig) {
  const table = net.parameter(`${TABLE}.weight`); // [R,H]
  return relative.layer_norm ? net.norm(table, undefined, TABLE_NORM, 0) : table; // [R,H]
}

function relativeOf({ relative }: EncoderConfig): RelativeConfig {
  if (!relative) throw new Error('a DeBERTa without relative positions');
  return relative;
}

export const debertaV2: Family = {
  architecture: 'DebertaV2ForSequenceClassification',
  prefix: PREFIX,
  head: HEAD,

  readConfig(keys) {
    const heads = keys.count('num_attention_heads', 24);
    const width = keys.width('hidden_size', 1536, heads);
    const positions = keys.count('max_position_embeddings', 512);
    const hiddenDropout = keys.rate('hidden_dropout_prob', 0.1);
    keys.only('embedding_size', width);
    keys.only('attention_head_size', width / heads);
    keys.only('conv_kernel_size', 0);
    keys.only('pooler_hidden_size', width);
    keys.only('pooler_hidden_act', 'gelu');
    return {
      vocab_size: keys.count('vocab_size', 128100),
      embedding_size: width,
      hidden_size: width,
      num_hidden_layers: keys.count('num_hidden_layers', 24, 1024),
      num_attention_heads: heads,
      intermediate_size: keys.count('intermediate_size', 6144),
      hidden_act: keys.activation('hidden_act', 'gelu'),
      hidden_dropout_prob: hiddenDropout,
      attention_probs_dropout_prob: keys.rate('attention_probs_dropout_prob', 0.1),
      pooler_dropout: keys.rate('pooler_dropout', 0),
      classifier_dropout: keys.rate('cls_dropout', hiddenDropout),
      max_position_embeddings: positions,
      position_biased_input: keys.flag('position_biased_input', true),
      position_offset: 0,
      relative: readRelative(keys, positions),
      type_vocab_size: keys.index('type_vocab_size', 0),
      initializer_range: keys.positive('initializer_range', 0.02),
      layer_norm_eps: keys.positive('layer_norm_eps', 1e-7),
    };
  },

  parameters(config, classCount) {
    const relative = relativeOf(config);
    return [
      ...embeddingParameters(config, PREFIX),
      ...layerParameters(config, PREFIX, LAYERS),
      embeddingSpec(TABLE, 2 * relativeSpan(relative), config.hidden_size, PREFIX + TABLE),
      ...(relative.layer_norm ? normSpecs(TABLE_NORM, config.hidden_size, PREFIX + TABLE_NORM) : []),
      ...headParameters(config, classCount, HEAD),
    ];
  },

  encode(net, config, batch) {
    const hidden = embed(net, config, batch); // [T,H]
    const relative = relativeTable(net, relativeOf(config)); // [R,H]
    return encodeFirstTokens(net, config, batch, hidden, config.hidden_dropout_prob, relative); // [B,H]
  },
};
