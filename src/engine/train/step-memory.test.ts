/** What a training step of models of true size needs, counted on a device that computes nothing. */
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../models/config.ts';
import { countStep } from '../testing/node/counted-step.ts';
import { estimateTrainingBytes } from './memory-estimate.ts';

const BERT_BASE = {
  model_type: 'bert',
  vocab_size: 30522,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
  max_position_embeddings: 512,
};

describe('BERT-base', () => {
  test.each([
    [32, 128, 1, 4.5],
    [8, 128, 1, 2.5],
    [32, 128, 4, 3],
  ])('%i x %i tokens in %i micro-batches: within %s GB and 800 dispatches', async (rows, length, microBatches, gigabytes) => {
    const counted = await countStep(BERT_BASE, rows, length, { microBatches });
    expect(counted.peakBytes).toBeLessThan(gigabytes * 1e9);
    const estimate = estimateTrainingBytes(parseConfig(BERT_BASE), 2, { rows: rows / microBatches, length, microBatches });
    expect(Math.abs(estimate / counted.peakBytes - 1)).toBeLessThan(0.1);
    if (microBatches === 1) expect(counted.dispatches).toBeLessThanOrEqual(800);
  });
});

describe('the estimate before training is within a tenth of what is allocated', () => {
  const MINILM = { ...BERT_BASE, hidden_size: 384, num_hidden_layers: 6, intermediate_size: 1536 };
  const ELECTRA = {
    ...MINILM,
    model_type: 'electra',
    embedding_size: 128,
    hidden_size: 256,
    num_hidden_layers: 12,
    num_attention_heads: 4,
    intermediate_size: 1024,
  };
  const DISTILBERT = { model_type: 'distilbert', vocab_size: 30522, dim: 768, n_layers: 6, n_heads: 12, hidden_dim: 3072 };
  const DEBERTA = {
    ...BERT_BASE,
    model_type: 'deberta-v2',
    vocab_size: 128100,
    num_hidden_layers: 6,
    relative_attention: true,
    share_att_key: true,
    pos_att_type: 'p2c|c2p',
    position_buckets: 256,
    norm_rel_ebd: 'layer_norm',
    position_biased_input: false,
    type_vocab_size: 0,
  };

  test.each<[string, Record<string, unknown>, number, number, number]>([
    ['MiniLM-L6', MINILM, 16, 64, 1],
    ['MiniLM-L6', MINILM, 32, 256, 1],
    ['MiniLM-L6, accumulated', MINILM, 64, 128, 4],
    ['ELECTRA small', ELECTRA, 32, 128, 1],
    ['DistilBERT', DISTILBERT, 16, 256, 1],
    ['DeBERTa-v3 small', DEBERTA, 16, 128, 1],
  ])('%s', async (_, source, rows, length, microBatches) => {
    const { peakBytes } = await countStep(source, rows, length, { microBatches, repeats: 1 });
    const estimate = estimateTrainingBytes(parseConfig(source), 2, { rows: rows / microBatches, length, microBatches });
    expect(estimate / peakBytes).toBeGreaterThan(0.9);
    expect(estimate / peakBytes).toBeLessThan(1.1);
  });
});
