/** BERT (Devlin et al. 2018) with transformers' BertForSequenceClassification; also MiniLM, TinyBERT and all that call themselves bert. */
import { readBertKeys } from './bert-keys.ts';
import { BERT_LAYERS, embed, embeddingParameters, encodeFirstTokens, layerParameters } from './encoder.ts';
import type { Family } from './family.ts';
import { headParameters, type Head } from './head.ts';

const PREFIX = 'bert.';
const HEAD: Head = { dense: `${PREFIX}pooler.dense`, output: 'classifier', activation: 'tanh' };

export const bert: Family = {
  architecture: 'BertForSequenceClassification',
  prefix: PREFIX,
  head: HEAD,

  readConfig(keys) {
    const read = readBertKeys(keys);
    return { ...read, embedding_size: read.hidden_size, pooler_dropout: 0 };
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
