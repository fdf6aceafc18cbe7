/** What a training step of models of true size needs, counted on a device that computes nothing. */
import { describe, expect, test } from 'vitest';
import { countStep } from '../testing/node/counted-step.ts';

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
    console.log(counted);
    expect(counted.peakBytes).toBeLessThan(gigabytes * 1e9);
    if (microBatches === 1) expect(counted.dispatches).toBeLessThanOrEqual(800);
  });
});
