/**
 * RoBERTa (Liu et al. 2019) and XLM-RoBERTa (Conneau et al. 2019) with transformers' RobertaForSequenceClassification: BERT whose
 * positions begin behind the padding's, and whose head has its own dense layer in the place of BERT's pooler.
 */
import { readBertKeys } from './bert-keys.ts';
import { configProblem } from './config-reader.ts';
import { BERT_LAYERS, embed, embeddingParameters, encodeFirstTokens, layerParameters } from './encoder.ts';
import type { Family } from './family.ts';
import { headParameters, type Head } from './head.ts';

const PREFIX = 'roberta.';
const HEAD: Head = { dense: 'classifier.dense', output: 'classifier.out_proj', activation: 'tanh' };

function robertaFamily(architecture: string, vocabularySize: number): Family {
  return {
    architecture,
    prefix: PREFIX,
    head: HEAD,

    readConfig(keys) {
      const read = readBertKeys(keys, { vocab_size: vocabularySize });
      const offset = keys.index('pad_token_id', 1) + 1;
      if (offset >= read.max_position_embeddings) {
        throw configProblem('max_position_embeddings', `more than pad_token_id + 1, ${offset}`, read.max_position_embeddings);
      }
      return {
        ...read,
        embedding_size: read.hidden_size,
        pooler_dropout: read.classifier_dropout,
        position_offset: offset,
      };
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
}

export const roberta = robertaFamily('RobertaForSequenceClassification', 50265);
export const xlmRoberta = robertaFamily('XLMRobertaForSequenceClassification', 30522);
