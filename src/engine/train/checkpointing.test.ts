/** gradient_checkpointing changes memory and time, and not one bit: on every backend, with dropout, eager and recorded. */
import { engine, getBackend, memory } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { GpuBackend } from '../backend/webgpu/gpu-backend.ts';
import { parseConfig } from '../models/config.ts';
import { createClassifier } from '../models/create-classifier.ts';
import type { ModelConfig } from '../models/family.ts';
import { readWeights } from '../models/weights.ts';
import { describeBackends } from '../testing/node/backends.ts';
import { TOY_FAMILIES, toyConfig, toyRows, toyWeights } from '../testing/toy-model.ts';
import { completeArguments, type CompleteArguments } from './arguments.ts';
import { createTrainingStep } from './training-step.ts';
import { learningOf } from './what-learns.ts';

const DROPS = { hidden_dropout_prob: 0.2, attention_probs_dropout_prob: 0.1, num_hidden_layers: 3 };
const bert = toyConfig(DROPS);
const toyDeberta = TOY_FAMILIES.find(({ model_type }) => model_type === 'deberta-v2')!;
const deberta = parseConfig({ ...toyDeberta.source, ...DROPS });
const debertaV2 = parseConfig({ ...deberta.source, share_att_key: false, pos_att_type: 'c2p', conv_kernel_size: 3 });
const rows = toyRows(1, 12);

/** Losses, norms and weights of two steps. */
async function trained(config: ModelConfig, given: Partial<CompleteArguments>, checkpointing: boolean) {
  const args = completeArguments({ ...given, gradient_checkpointing: checkpointing, max_grad_norm: 0.5 });
  const weights = readWeights(config, toyWeights(config));
  const model = createClassifier(weights, { classCount: 2, keepClassifier: true, seed: 1, learning: learningOf(args) });
  const step = createTrainingStep(model, rows, args);
  const microBatches =
    given.gradient_accumulation_steps === 2
      ? [
          [0, 1, 2, 3],
          [4, 5],
        ]
      : [[0, 1, 2, 3, 4]];
  const seen: unknown[] = [];
  for (let i = 0; i < 2; i++) {
    const taken = await step.take(
      microBatches.map((batch) => Uint32Array.from(batch, (row) => row + 2 * i)),
      1e-2,
    );
    seen.push(await taken.read());
    taken.dispose();
  }
  for (const { tensor } of model.parameters) seen.push(Float32Array.from(await tensor.data()));
  step.dispose();
  model.dispose();
  return seen;
}

describeBackends('gradient checkpointing', (backend) => {
  const cases: readonly (readonly [string, ModelConfig, Partial<CompleteArguments>])[] = [
    ['BERT', bert, {}],
    ['BERT, accumulated', bert, { gradient_accumulation_steps: 2 }],
    ['BERT, the last two layers', bert, { train_layers: 'last', train_last_layers: 2 }],
    ['BERT, LoRA with dropout', bert, { train_layers: 'lora', lora_target_modules: 'all-linear', lora_dropout: 0.2 }],
    ['DeBERTa-v3', deberta, {}],
    ['DeBERTa-v2 with its convolution', debertaV2, {}],
  ];
  // On the software GPU each variant compiles shaders of its own.
  test.each(backend === 'webgpu' ? cases.filter(([name]) => name === 'BERT' || name === 'DeBERTa-v3') : cases)(
    '%s: the same bits, nothing left behind',
    async (_, config, given) => {
      expect(getBackend()).toBe(backend);
      const before = memory().numTensors;
      const plain = await trained(config, given, false);
      expect(await trained(config, given, true)).toEqual(plain);
      expect(memory().numTensors).toBe(before);
      const { backend: current } = engine();
      if (!(current instanceof GpuBackend)) return;
      current.recordsPrograms = false;
      try {
        expect(await trained(config, given, true)).toEqual(plain);
      } finally {
        current.recordsPrograms = true;
      }
    },
  );
});
