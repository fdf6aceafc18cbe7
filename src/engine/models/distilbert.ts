/**
 * DistilBERT (Sanh et al. 2019) with transformers' DistilBertForSequenceClassification: BERT's layers under other names, without token
 * types, without dropout behind an attention's output layer, and with a ReLU in its head.
 */
import { embed, embeddingParameters, encodeFirstTokens, layerParameters, type LayerNames } from './encoder.ts';
import type { Family } from './family.ts';
import { headParameters, type Head } from './head.ts';

const PREFIX = 'distilbert.';
const HEAD: Head = { dense: 'pre_classifier', output: 'classifier', activation: 'relu' };
const LAYERS: LayerNames = {
  layers: 'transformer.layer',
  query: 'attention.q_lin',
  key: 'attention.k_lin',
  value: 'attention.v_lin',
  attentionOutput: 'attention.out_lin',
  attentionNorm: 'sa_layer_norm',
  intermediate: 'ffn.lin1',
  output: 'ffn.lin2',
  outputNorm: 'output_layer_norm',
};

export const distilbert: Family = {
  architecture: 'DistilBertForSequenceClassification',
  prefix: PREFIX,
  head: HEAD,

  readConfig(keys) {
    // The file holds the sinusoidal table like a learnt one, and transformers 5 trains it like one: nothing else follows from the key.
    keys.flag('sinusoidal_pos_embds', false);
    const heads = keys.count('n_heads', 12);
    const width = keys.width('dim', 768, heads);
    return {
      vocab_size: keys.count('vocab_size', 30522),
      embedding_size: width,
      hidden_size: width,
      num_hidden_layers: keys.count('n_layers', 6, 1024),
      num_attention_heads: heads,
      intermediate_size: keys.count('hidden_dim', 3072),
      hidden_act: keys.activation('activation', 'gelu'),
      hidden_dropout_prob: keys.rate('dropout', 0.1),
      attention_probs_dropout_prob: keys.rate('attention_dropout', 0.1),
      pooler_dropout: 0,
      classifier_dropout: keys.rate('seq_classif_dropout', 0.2),
      max_position_embeddings: keys.count('max_position_embeddings', 512),
      position_biased_input: true,
      position_offset: 0,
      relative: null,
      conv: null,
      pooler_act: null,
      score_terms: 1,
      type_vocab_size: 0,
      initializer_range: keys.positive('initializer_range', 0.02),
      layer_norm_eps: 1e-12,
    };
  },

  parameters: (config, classCount) => [
    ...embeddingParameters(config, PREFIX),
    ...layerParameters(config, PREFIX, LAYERS),
    ...headParameters(config, classCount, HEAD),
  ],

  encode(net, config, batch) {
    const hidden = embed(net, config, batch); // [T,H]
    return encodeFirstTokens(net, config, batch, hidden, 0); // [B,H]
  },
};
