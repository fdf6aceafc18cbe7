/** What a training step of models of true size needs, counted on a device that computes nothing, and whether the estimate says it before. */
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../models/config.ts';
import { countStep } from '../testing/node/counted-step.ts';
import { completeArguments, type CompleteArguments } from './arguments.ts';
import { estimateMemory } from './memory-estimate.ts';

const BERT_BASE = {
  model_type: 'bert',
  vocab_size: 30522,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
  max_position_embeddings: 512,
};

/** Counted bytes, and estimated ones as a share of them; `rowCount` rows of `length` tokens are one step. */
async function compare(
  source: Readonly<Record<string, unknown>>,
  rowCount: number,
  length: number,
  given: Partial<CompleteArguments>,
) {
  const { gradient_accumulation_steps: microBatches = 1 } = given;
  const args = completeArguments({
    ...given,
    max_length: length,
    per_device_train_batch_size: rowCount / microBatches,
    // Less than all, so that it is recorded.
    per_device_eval_batch_size: rowCount / 2,
  });
  const counted = await countStep(source, rowCount, length, { args });
  const { bytes } = estimateMemory({ config: parseConfig(source), classCount: 2, backend: 'webgpu', args });
  return { counted, ratio: bytes / counted.peakBytes };
}

describe('BERT-base', () => {
  test.each([
    [32, 128, 1, 4.5],
    [8, 128, 1, 2.5],
    [32, 128, 4, 3],
  ])('%i x %i tokens in %i micro-batches: within %s GB and 800 dispatches', async (rows, length, microBatches, gigabytes) => {
    const { counted, ratio } = await compare(BERT_BASE, rows, length, { gradient_accumulation_steps: microBatches });
    expect(counted.peakBytes).toBeLessThan(gigabytes * 1e9);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
    if (microBatches === 1) expect(counted.dispatches).toBeLessThanOrEqual(800);
  });
});

test('BERT-base at 32 x 128 that keeps in 16 bits: within 3.4 GB', async () => {
  const { counted, ratio } = await compare(BERT_BASE, 32, 128, { fp16: true });
  expect(counted.peakBytes).toBeLessThan(3.4e9);
  expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
});

test.each([
  [32, 128, 2.2],
  [8, 512, 2.4],
])(
  'BERT-base, %i x %i tokens with gradient_checkpointing: within %s GB, and the estimate knows it',
  async (rows, length, gigabytes) => {
    const { counted, ratio } = await compare(BERT_BASE, rows, length, { gradient_checkpointing: true });
    expect(counted.peakBytes).toBeLessThan(gigabytes * 1e9);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
  },
);

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
  const DISTILBERT = { model_type: 'distilbert', vocab_size: 30522, dim: 384, n_layers: 6, n_heads: 12, hidden_dim: 1536 };
  const ROBERTA = { ...MINILM, model_type: 'roberta', vocab_size: 50265, type_vocab_size: 1 };
  const DEBERTA = {
    ...MINILM,
    model_type: 'deberta-v2',
    vocab_size: 60000,
    relative_attention: true,
    share_att_key: true,
    pos_att_type: 'p2c|c2p',
    position_buckets: 256,
    norm_rel_ebd: 'layer_norm',
    position_biased_input: false,
    type_vocab_size: 0,
  };
  const DEBERTA_V2 = { ...DEBERTA, share_att_key: false, conv_kernel_size: 3, num_hidden_layers: 3 };

  test.each<[string, Record<string, unknown>, number, number, Partial<CompleteArguments>]>([
    ['MiniLM-L6', MINILM, 16, 64, {}],
    ['MiniLM-L6, accumulated', MINILM, 64, 128, { gradient_accumulation_steps: 4 }],
    ['MiniLM-L6, LoRA', MINILM, 32, 128, { train_layers: 'lora' }],
    ['MiniLM-L6, LoRA, checkpoints', MINILM, 32, 128, { train_layers: 'lora', gradient_checkpointing: true }],
    [
      'MiniLM-L6, LoRA everywhere',
      MINILM,
      32,
      128,
      { train_layers: 'lora', lora_target_modules: 'all-linear', lora_dropout: 0.1 },
    ],
    ['MiniLM-L6, two layers', MINILM, 32, 128, { train_layers: 'last', train_last_layers: 2 }],
    ['MiniLM-L6, the head alone', MINILM, 32, 128, { train_layers: 'head' }],
    ['ELECTRA small', ELECTRA, 32, 128, {}],
    ['DistilBERT', DISTILBERT, 16, 256, {}],
    ['RoBERTa', ROBERTA, 16, 128, {}],
    ['DeBERTa-v3', DEBERTA, 16, 128, {}],
    ['DeBERTa-v3, checkpoints', DEBERTA, 16, 128, { gradient_checkpointing: true, gradient_accumulation_steps: 2 }],
    ['DeBERTa-v3, LoRA', DEBERTA, 16, 128, { train_layers: 'lora' }],
    ['DeBERTa-v2', DEBERTA_V2, 8, 128, { gradient_accumulation_steps: 2 }],
  ])('%s', async (_, source, rows, length, given) => {
    const { ratio } = await compare(source, rows, length, given);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
  });
});
