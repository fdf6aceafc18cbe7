/**
 * ELECTRA's discriminator (Clark et al. 2020) with transformers' ElectraForSequenceClassification: BERT whose embeddings may be narrower
 * than its layers, and a head with GELU.
 */
import { readBertKeys } from './bert-keys.ts';
import { BERT_LAYERS, embed, embeddingParameters, encodeFirstTokens, layerParameters } from './encoder.ts';
import type { Family } from './family.ts';
import { headParameters, type Head } from './head.ts';

const PREFIX = 'electra.';
const HEAD: Head = { dense: 'classifier.dense', output: 'classifier.out_proj', activation: 'gelu' };

export const electra: Family = {
  architecture: 'ElectraForSequenceClassification',
  prefix: PREFIX,
  head: HEAD,

  readConfig(keys) {
    const read = readBertKeys(keys, { hidden_size: 256, num_attention_heads: 4, intermediate_size: 1024 });
    return { ...read, embedding_size: keys.count('embedding_size', 128), pooler_dropout: read.classifier_dropout };
  },

  parameters: (config, classCount) => [
    ...embeddingParameters(config, PREFIX),
    ...layerParameters(config, PREFIX, BERT_LAYERS),
    ...headParameters(config, classCount, HEAD),
  ],

  encode(net, config, batch) {
    const hidden = embed(net, config, batch); // [T,H]
    return encodeFirstTokens(net, config, batch, hidden, config.hidden_dropout_prob); // [B,H]
  },
};
