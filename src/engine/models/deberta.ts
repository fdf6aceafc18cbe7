/**
 * DeBERTa-v2 and v3 (He et al. 2021) with transformers' DebertaV2ForSequenceClassification: BERT's layers with disentangled attention, whose
 * scores also have the relative positions' products with queries and keys; no token types, usually no absolute positions. Its variants: only one of
 * the two kinds of products, queries and keys of their own for the positions, no relative positions at all, embeddings narrower than the
 * layers, and a convolution over the tokens beside the first layer (v2's largest).
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { activate } from '../ops/activate/activate.ts';
import { linear } from '../ops/linear/linear.ts';
import { moveColumns } from '../ops/move-columns/move-columns.ts';
import { unfold } from '../ops/unfold/unfold.ts';
import type { BatchTensors } from './classifier.ts';
import { configProblem, type ConfigReader } from './config-reader.ts';
import {
  BERT_LAYERS,
  encodeFirstTokens,
  layerName,
  layerParameters,
  sumEmbeddings,
  tableParameters,
  type LayerExtras,
  type LayerNames,
} from './encoder.ts';
import type { EncoderConfig, Family } from './family.ts';
import { headParameters, type Head } from './head.ts';
import type { Network } from './network.ts';
import { denseSpecs, embeddingSpec, normSpecs, type ParameterSpec } from './parameters.ts';
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
const CONV_MODULE = 'encoder.conv.';
const CONV = `${CONV_MODULE}conv`;
const CONV_NORM = `${CONV_MODULE}LayerNorm`;
const PROJECTION = 'embeddings.embed_proj';
/** Ours for `pos_query_proj` and `pos_key_proj` together. */
const POSITIONS = 'attention.self.positions';

function readRelative(keys: ConfigReader, maxPositions: number): RelativeConfig | null {
  if (!keys.flag('relative_attention', false)) return null;
  const types = keys.words('pos_att_type');
  const [c2p, p2c] = [types.includes('c2p'), types.includes('p2c')];
  if (!c2p && !p2c) throw configProblem('pos_att_type', '"c2p", "p2c" or "c2p|p2c"', types.join('|'));
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
    shared: keys.flag('share_att_key', false),
    c2p,
    p2c,
  };
}

function readConv(keys: ConfigReader): EncoderConfig['conv'] {
  const size = keys.index('conv_kernel_size', 0);
  if (size === 0) return null;
  if (size % 2 === 0) throw configProblem('conv_kernel_size', 'an odd number, or 0 for none', size);
  keys.only('conv_groups', 1);
  return { size, activation: keys.activation('conv_act', 'tanh') };
}

/** Queries and keys of the relative positions for one layer [R,3H], those that the checkpoint has not 0; table [R,H]. */
function positionsOf(net: Network, config: EncoderConfig, relative: RelativeConfig, table: Tensor, layer: number): Tensor {
  const H = config.hidden_size;
  const { shared, c2p, p2c } = relative;
  const dropped = net.dropout(table, config.hidden_dropout_prob); // [R,H]
  const made = net.dense(dropped, layerName(layer, shared ? 'attention.self.qkv' : POSITIONS)); // [R,3H], or H for each kind
  if (shared && c2p && p2c) return made;
  const to = p2c ? 0 : H;
  const count = c2p && p2c ? 2 * H : H;
  return moveColumns(made, { from: shared ? to : 0, to, count, width: 3 * H }); // [R,3H]
}

/** The table of relative positions [R,H], as every layer takes it. */
function relativeTable(net: Network, relative: RelativeConfig): Tensor {
  const table = net.parameter(`${TABLE}.weight`); // [R,H]
  return relative.layer_norm ? net.norm(table, undefined, TABLE_NORM, 0) : table; // [R,H]
}

/** The first layer's input [T,H]: unlike ELECTRA's, the projection comes before the LayerNorm, and has no bias. */
function embed(net: Network, config: EncoderConfig, batch: BatchTensors): Tensor {
  const summed = sumEmbeddings(net, config, batch); // [T,E]
  const isNarrow = config.embedding_size !== config.hidden_size;
  const wide = isNarrow ? linear(summed, net.parameter(`${PROJECTION}.weight`), net.zeros(config.hidden_size)) : summed; // [T,H]
  return net.dropout(net.norm(wide, undefined, 'embeddings.LayerNorm', 0), config.hidden_dropout_prob); // [T,H]
}

/** LayerNorm(first layer's output + activation(dropout(convolution of its input))). */
function convolve(net: Network, config: EncoderConfig, batch: BatchTensors): LayerExtras['afterFirst'] {
  const { conv } = config;
  if (!conv) return undefined;
  return (output, input, pick) => {
    const sums = net.dense(unfold(input, batch.offsets, conv.size), CONV); // [T,H]
    const bent = activate(net.dropout(sums, config.hidden_dropout_prob), conv.activation); // [T,H]
    return net.norm(pick(bent), output, CONV_NORM, 0); // [T,H]
  };
}

/** A weight [out, in, size] of torch.nn.Conv1d, which a linear layer of what `unfold` gives reads as [out, in·size]. */
function convParameters({ hidden_size: H, conv }: EncoderConfig): readonly ParameterSpec[] {
  if (!conv) return [];
  const [weight, ...bias] = denseSpecs('encoder', CONV, [H, H * conv.size], PREFIX + CONV);
  if (!weight) throw new Error('a dense layer without a weight');
  return [{ ...weight, storedShape: [H, H, conv.size] }, ...bias, ...normSpecs(CONV_NORM, H, PREFIX + CONV_NORM)];
}

/** Weights of their own for the positions' queries and keys, by layer; none where they are shared. */
function positionParameters(config: EncoderConfig): readonly ParameterSpec[] {
  const { hidden_size: H, num_hidden_layers: layers, relative } = config;
  if (!relative || relative.shared) return [];
  const modules = [...(relative.p2c ? ['pos_query_proj'] : []), ...(relative.c2p ? ['pos_key_proj'] : [])];
  return Array.from({ length: layers }, (_, layer) => {
    const stored = modules.map((module) => PREFIX + layerName(layer, `attention.self.${module}`));
    return denseSpecs('encoder', layerName(layer, POSITIONS), [modules.length * H, H], ...stored);
  }).flat();
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
    const kinds = keys.words('pos_att_type').filter((word) => word === 'c2p' || word === 'p2c');
    keys.only('attention_head_size', width / heads);
    keys.only('pooler_hidden_size', width);
    return {
      vocab_size: keys.count('vocab_size', 128100),
      embedding_size: keys.count('embedding_size', width),
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
      score_terms: 1 + new Set(kinds).size,
      conv: readConv(keys),
      pooler_act: keys.activation('pooler_hidden_act', 'gelu'),
      type_vocab_size: keys.index('type_vocab_size', 0),
      initializer_range: keys.positive('initializer_range', 0.02),
      layer_norm_eps: keys.positive('layer_norm_eps', 1e-7),
    };
  },

  parameters(config, classCount) {
    const { hidden_size: H, embedding_size: E, relative } = config;
    const [projection] = denseSpecs('encoder', PROJECTION, [H, E], PREFIX + PROJECTION);
    return [
      ...tableParameters(config, PREFIX),
      ...(E !== H && projection ? [projection] : []),
      ...normSpecs('embeddings.LayerNorm', H, `${PREFIX}embeddings.LayerNorm`),
      ...layerParameters(config, PREFIX, LAYERS),
      ...positionParameters(config),
      ...(relative ? [embeddingSpec(TABLE, 2 * relativeSpan(relative), H, PREFIX + TABLE)] : []),
      ...(relative?.layer_norm ? normSpecs(TABLE_NORM, H, PREFIX + TABLE_NORM) : []),
      ...convParameters(config),
      ...headParameters(config, classCount, HEAD),
    ];
  },

  encode(net, config, batch) {
    const { relative } = config;
    const hidden = embed(net, config, batch); // [T,H]
    const table = relative && relativeTable(net, relative); // [R,H]
    const afterFirst = convolve(net, config, batch);
    return encodeFirstTokens(net, config, batch, hidden, config.hidden_dropout_prob, {
      ...(relative &&
        table && { relative: { table, positions: (layer, rows) => positionsOf(net, config, relative, rows, layer) } }),
      ...(afterFirst && { afterFirst, firstPrefixes: [CONV_MODULE] }),
    }); // [B,H]
  },
};
