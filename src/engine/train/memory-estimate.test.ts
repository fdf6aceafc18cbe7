/** The estimate for the CPU engine against its heap, which batch it is for, and that it follows what is asked. */
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../models/config.ts';
import { createClassifier } from '../models/create-classifier.ts';
import { readWeights } from '../models/weights.ts';
import { startSimd } from '../testing/node/simd.ts';
import { toyWeights } from '../testing/toy-model.ts';
import { completeArguments, type CompleteArguments, type LabelledRows } from './arguments.ts';
import { estimateMemory } from './memory-estimate.ts';
import { encodeRows } from './row-batches.ts';
import { createTrainingStep } from './training-step.ts';
import { learningOf } from './what-learns.ts';

const BERT = {
  model_type: 'bert',
  vocab_size: 2000,
  hidden_size: 96,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  intermediate_size: 384,
  max_position_embeddings: 64,
};
const DEBERTA = {
  ...BERT,
  model_type: 'deberta-v2',
  relative_attention: true,
  share_att_key: true,
  pos_att_type: 'p2c|c2p',
  position_buckets: 16,
  norm_rel_ebd: 'layer_norm',
  position_biased_input: false,
  type_vocab_size: 0,
};
const LENGTH = 32;

function rowsOf(count: number): LabelledRows {
  return {
    ids: new Int32Array(count * LENGTH),
    offsets: Uint32Array.from({ length: count + 1 }, (_, row) => row * LENGTH),
    targets: { kind: 'single', labels: Int32Array.from({ length: count }, (_, row) => row % 2) },
  };
}

describe('on simd, within a tenth of what the heap holds', { timeout: 300_000 }, () => {
  test.each<[string, Record<string, unknown>, Partial<CompleteArguments>]>([
    ['BERT', BERT, {}],
    ['BERT, accumulated', BERT, { gradient_accumulation_steps: 2 }],
    ['BERT, LoRA', BERT, { train_layers: 'lora', lora_target_modules: 'all-linear', lora_dropout: 0.1 }],
    ['BERT, the head alone', BERT, { train_layers: 'head' }],
    ['DeBERTa', DEBERTA, {}],
  ])('%s', async (_, source, given) => {
    const { gradient_accumulation_steps: microBatches = 1 } = given;
    const args = completeArguments({
      ...given,
      max_length: LENGTH,
      per_device_train_batch_size: 16,
      per_device_eval_batch_size: 16,
    });
    const config = parseConfig(source);
    const { heap } = await startSimd();
    const before = heap.bytesUsed;
    let peak = before;
    const allocate = heap.allocate.bind(heap);
    heap.allocate = (bytes) => {
      const block = allocate(bytes);
      peak = Math.max(peak, heap.bytesUsed);
      return block;
    };
    const weights = readWeights(config, toyWeights(config));
    const model = createClassifier(weights, { classCount: 2, keepClassifier: true, seed: 1, learning: learningOf(args) });
    const rows = rowsOf(16 * microBatches);
    const seen = model.encoderLearns ? rows : await encodeRows(model, rows, { batchSize: 16 });
    const step = createTrainingStep(model, seen, args);
    const batches = Array.from({ length: microBatches }, (_, i) => Uint32Array.from({ length: 16 }, (_, row) => 16 * i + row));
    for (let i = 0; i < 2; i++) {
      const taken = await step.take(batches, 1e-4);
      await taken.read();
      taken.dispose();
    }
    step.dispose();
    model.dispose();
    heap.allocate = allocate;
    const { bytes } = estimateMemory({ config, classCount: 2, backend: 'simd', args });
    expect(Math.abs(bytes / (peak - before) - 1)).toBeLessThan(0.1);
  });
});

describe('what it is for', () => {
  const config = parseConfig(BERT);
  const estimate = (given: Partial<CompleteArguments>, offsets?: ArrayLike<number>) =>
    estimateMemory({
      config,
      classCount: 2,
      backend: 'webgpu',
      args: completeArguments({ per_device_train_batch_size: 4, max_length: 40, ...given }),
      ...(offsets && { offsets }),
    });

  test('without rows, full ones; no longer than the model takes', () => {
    expect(estimate({}).tokens).toBe(160);
    expect(estimate({ max_length: 512 }).tokens).toBe(4 * 64);
  });

  test('with rows, the largest batch of the run', () => {
    // One row of 40 tokens, 19 of 2: 46 tokens wherever the long one is.
    const lengths = [40, ...new Array<number>(19).fill(2)];
    const offsets = lengths.reduce<number[]>((sums, length) => [...sums, sums.at(-1) + length], [0]);
    expect(estimate({}, offsets).tokens).toBe(46);
    expect(estimate({}, offsets).bytes).toBeLessThan(estimate({}).bytes);
  });

  test('parts add up, and what does not learn has no moments', () => {
    const { bytes, weights, moments, step } = estimate({});
    expect(bytes).toBe(weights + moments + step);
    expect(moments).toBe(2 * weights);
    expect(estimate({ train_layers: 'lora' }).moments).toBeLessThan(0.1 * moments);
    expect(estimate({ per_device_train_batch_size: 8 }).step).toBeGreaterThan(step);
  });
});
