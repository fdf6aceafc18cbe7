/** The keys of config.json that BERT, ELECTRA and RoBERTa have in common. */
import type { ConfigReader } from './config-reader.ts';
import type { EncoderConfig } from './family.ts';

/** Defaults of transformers' `BertConfig` that other families have otherwise. */
const STANDARDS = { vocab_size: 30522, hidden_size: 768, num_attention_heads: 12, intermediate_size: 3072 };

/** Reads them; `standards` are the defaults in which a family differs from BERT. */
export function readBertKeys(
  keys: ConfigReader,
  standards: Partial<typeof STANDARDS> = {},
): Omit<EncoderConfig, 'embedding_size' | 'pooler_dropout'> {
  const standard = { ...STANDARDS, ...standards };
  keys.only('position_embedding_type', 'absolute');
  const heads = keys.count('num_attention_heads', standard.num_attention_heads);
  const hiddenDropout = keys.rate('hidden_dropout_prob', 0.1);
  return {
    vocab_size: keys.count('vocab_size', standard.vocab_size),
    hidden_size: keys.width('hidden_size', standard.hidden_size, heads),
    num_hidden_layers: keys.count('num_hidden_layers', 12, 1024),
    num_attention_heads: heads,
    intermediate_size: keys.count('intermediate_size', standard.intermediate_size),
    hidden_act: keys.activation('hidden_act', 'gelu'),
    hidden_dropout_prob: hiddenDropout,
    attention_probs_dropout_prob: keys.rate('attention_probs_dropout_prob', 0.1),
    classifier_dropout: keys.rate('classifier_dropout', hiddenDropout),
    max_position_embeddings: keys.count('max_position_embeddings', 512),
    position_biased_input: true,
    position_offset: 0,
    relative: null,
    conv: null,
    pooler_act: null,
    score_terms: 1,
    type_vocab_size: keys.count('type_vocab_size', 2),
    initializer_range: keys.positive('initializer_range', 0.02),
    layer_norm_eps: keys.positive('layer_norm_eps', 1e-12),
  };
}
