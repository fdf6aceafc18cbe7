/** Where only a part learns: against torch and peft (reference/what_learns.py), and that the rest costs neither gradient nor moments. */
import { dispose, memory, profile, tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../lib/problem.ts';
import { packBatch } from '../../text/packing.ts';
import { unitGradient } from '../ops/cross-entropy/cross-entropy.ts';
import { expectAllClose } from '../testing/all-close.ts';
import { describeBackends } from '../testing/node/backends.ts';
import { openOwnReference, openWhatLearns, referenceBatch, type WhatLearnsRun } from '../testing/node/reference.ts';
import { TOLERANCES } from '../testing/tolerances.ts';
import { toyConfig, toyRows, toyWeights } from '../testing/toy-model.ts';
import { lossAndGradients } from '../train/gradients.ts';
import { createAdamW } from '../train/optimizer.ts';
import { replaceValues } from '../train/replace-values.ts';
import { linearSchedule } from '../train/schedule.ts';
import { disposeBatch, makeBatch, type Classifier, type ExportedTensor } from './classifier.ts';
import { parseConfig } from './config.ts';
import { createClassifier } from './create-classifier.ts';
import { FAMILIES } from './families.ts';
import type { Learning } from './learning.ts';
import { readWeights } from './weights.ts';

const RUNS: readonly WhatLearnsRun[] = ['last', 'head', 'lora', 'linear'];

function learningOfRun(run: WhatLearnsRun, r = 0, alpha = 0): Learning {
  switch (run) {
    case 'head':
      return { kind: 'head' };
    case 'last':
      return { kind: 'last', layers: 1 };
    case 'lora':
      return { kind: 'lora', r, alpha, dropout: 0, targets: 'auto' };
    case 'linear':
      return { kind: 'lora', r, alpha, dropout: 0, targets: 'all-linear' };
  }
}

/** Writes A as torch drew it: query's and value's lie in one parameter. */
function startAsTorch(model: Classifier, tensors: readonly ExportedTensor[], start: (name: string) => Float32Array): void {
  const ours = model.parameters.filter(({ name }) => name.endsWith('.lora_A.weight'));
  const theirs = tensors.filter(({ name }) => name.endsWith('.lora_A.weight'));
  for (const { tensor: down } of ours) {
    const values = new Float32Array(down.size);
    for (let at = 0; at < values.length;) {
      const piece = start(theirs.shift()!.name);
      values.set(piece, at);
      at += piece.length;
    }
    replaceValues(down, values);
  }
  expect(theirs).toEqual([]);
}

async function logitsOf(model: Classifier, family: string): Promise<Float32Array> {
  const batch = makeBatch(referenceBatch(openOwnReference(family).results, '', 0).packed, model);
  const logits = tidy(() => model.logits(batch, null));
  const values = Float32Array.from(await logits.data());
  logits.dispose();
  disposeBatch(batch);
  return values;
}

describe.each(Object.keys(FAMILIES))('torch and peft on %s', (family) => {
  describeBackends('what learns', () => {
    test.each(RUNS)('twenty steps: %s', async (name) => {
      const before = memory().numTensors;
      const reference = openOwnReference(family);
      const { record, results } = openWhatLearns(family);
      const { run } = record;
      const expected = record.runs[name];
      const weights = readWeights(parseConfig(reference.config), reference.weights);
      const classCount = weights.classes!.length;
      const learning = learningOfRun(name, expected.lora_r, expected.lora_alpha);
      const model = createClassifier(weights, { classCount, keepClassifier: true, seed: 1, learning });
      const isLora = learning.kind === 'lora';
      const learnt = async () => {
        const adapter = await model.exportAdapter();
        return adapter?.tensors ?? (await model.exportTensors()).filter((each) => expected.learns.includes(each.name));
      };
      const names = (await learnt()).map((each) => each.name);
      expect([...names].sort()).toEqual([...expected.learns]);
      if (isLora) startAsTorch(model, await learnt(), (key) => results.tensor(`start.${name}.${key}`).data);

      const optimizer = createAdamW(model.parameters, { weightDecay: run.weight_decay, maxGradNorm: run.max_grad_norm });
      const schedule = linearSchedule(run.warmup_steps, run.steps);
      const unit = unitGradient();
      const [losses, norms]: [number[], number[]] = [[], []];
      for (let step = 0; step < run.steps; step++) {
        const { packed, labels } = referenceBatch(reference.results, 'run.', step);
        const batch = makeBatch(packed, model);
        const labelTensor = tensor(labels, [labels.length], 'int32');
        // As the trainer does where the encoder learns nothing.
        const input = model.encoderLearns ? batch : { encoded: tidy(() => model.encode(batch)) };
        const { loss, gradients } = lossAndGradients(model, input, labelTensor, null, unit);
        const norm = optimizer.step(gradients, run.learning_rate * schedule(step));
        losses.push((await loss.data())[0]!);
        norms.push((await norm.data())[0]!);
        dispose([loss, norm, labelTensor, ...gradients]);
        if (input !== batch) disposeBatch(input);
        disposeBatch(batch);
      }
      expectAllClose('losses', losses, expected.loss, TOLERANCES.losses);
      expectAllClose('gradient norms', norms, expected.grad_norm, TOLERANCES.weights);
      // As in parity.test.ts: without relative positions a key's bias has no gradient but rounding.
      const hasFreeKeys = family !== 'deberta-v2';
      const travelled = Array.from({ length: run.steps }, (_, step) => run.learning_rate * schedule(step)).reduce(
        (a, b) => a + b,
      );
      for (const each of await learnt()) {
        const isFree = hasFreeKeys && /\.(key|k_lin)\.bias$/.test(each.name);
        const tolerance = isFree ? { relative: 0, scale: 0, floor: 2 * travelled } : TOLERANCES.weights;
        expectAllClose(`final ${each.name}`, each.data, results.tensor(`final.${name}.${each.name}`).data, tolerance);
      }
      expectAllClose('logits', await logitsOf(model, family), results.tensor(`logits.${name}`).data, TOLERANCES.losses);

      const exported = await model.exportTensors();
      if (isLora) {
        const find = (key: string) => exported.find((each) => each.name === key)!;
        const merged = readWeights(weights.config, { names: exported.map((each) => each.name), tensor: find });
        const again = createClassifier(merged, { classCount, keepClassifier: true, seed: 1 });
        expectAllClose('merged logits', await logitsOf(again, family), results.tensor(`merged.${name}`).data, TOLERANCES.losses);
        again.dispose();
      } else {
        for (const each of exported.filter((some) => !expected.learns.includes(some.name))) {
          expect(each.data, each.name).toEqual(reference.weights.tensor(each.name).data);
        }
      }
      unit.dispose();
      optimizer.dispose();
      model.dispose();
      expect(memory().numTensors).toBe(before);
    });
  });
});

describe('targets of LoRA', () => {
  const config = toyConfig();
  const weights = readWeights(config, toyWeights(config));
  const make = (changes: Partial<Extract<Learning, { kind: 'lora' }>>) =>
    createClassifier(weights, {
      classCount: 2,
      keepClassifier: true,
      seed: 1,
      learning: { kind: 'lora', r: 4, alpha: 8, dropout: 0, targets: 'auto', ...changes },
    });

  describeBackends('lora', (backend) => {
    test('A is uniform within 1/√K and seeded, B is 0, so nothing changes at first', async () => {
      const model = make({});
      const adapter = (await model.exportAdapter())!;
      expect(adapter).toMatchObject({ r: 4, alpha: 8, modulesToSave: ['classifier', 'score'] });
      expect(adapter.targetModules).toEqual(['attention.self.query', 'attention.self.value']);
      const down = adapter.tensors.filter(({ name }) => name.endsWith('lora_A.weight'));
      const values = down.flatMap(({ data }) => [...data]);
      expect(values).toHaveLength(2 * 2 * 4 * 24);
      const bound = 1 / Math.sqrt(24);
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
      const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
      expect(Math.abs(variance / ((bound * bound) / 3) - 1)).toBeLessThan(0.2); // 4 standard errors of 384 draws
      for (const { name, data } of adapter.tensors) if (name.endsWith('lora_B.weight')) expect(Math.max(...data)).toBe(0);
      const again = make({});
      expect((await again.exportAdapter())!.tensors).toEqual(adapter.tensors);
      expect(await model.exportTensors()).toEqual(
        toyWeights(config).names.map((name) => ({ name, ...toyWeights(config).tensor(name) })),
      );
      for (const each of [model, again]) each.dispose();
    });

    test('dropout of its input is on in training only, and seeded', async () => {
      const still = createClassifier(
        readWeights(toyConfig({ hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 }), toyWeights(config)),
        {
          classCount: 2,
          keepClassifier: true,
          seed: 1,
          learning: { kind: 'lora', r: 4, alpha: 8, dropout: 0.5, targets: ['dense'] },
        },
      );
      for (const { name, tensor: up } of still.parameters) {
        if (name.endsWith('lora_B.weight')) replaceValues(up, new Float32Array(up.size).fill(0.3));
      }
      const batch = makeBatch(packBatch(toyRows(3, 4), [0, 1, 2], 1), still);
      const run = async (step: number | null) => {
        const rng = step === null ? null : tensor(Int32Array.of(1, 2, step), [3], 'int32');
        const logits = tidy(() => still.logits(batch, rng));
        const values = Float32Array.from(await logits.data());
        logits.dispose();
        rng?.dispose();
        return values;
      };
      const plain = await run(null);
      expect(await run(null)).toEqual(plain);
      const first = await run(1);
      expect(first).not.toEqual(plain);
      expect(await run(1)).toEqual(first);
      expect(await run(2)).not.toEqual(first);
      disposeBatch(batch);
      still.dispose();
    });

    if (backend === 'cpu') {
      test('unknown modules are refused by name', () => {
        expect(() => make({ targets: ['query', 'q_lin'] })).toThrow(Problem);
        expect(() => make({ targets: ['query', 'q_lin'] })).toThrow(
          /^Setting lora_target_modules: .*attention\.self\.query.* found q_lin/,
        );
        expect(() => make({ targets: ['classifier'] })).toThrow(/found classifier/);
      });

      test('a pooler that the file does not have learns, and goes with the adapter', async () => {
        const bare = readWeights(config, toyWeights(config, { rename: (name) => (name.includes('pooler') ? null : name) }));
        const model = createClassifier(bare, {
          classCount: 2,
          keepClassifier: true,
          seed: 1,
          learning: { kind: 'lora', r: 4, alpha: 8, dropout: 0, targets: 'all-linear' },
        });
        const adapter = (await model.exportAdapter())!;
        expect(adapter.modulesToSave).toEqual(['classifier', 'score', 'pooler']);
        expect(adapter.tensors.map(({ name }) => name)).toContain('base_model.model.bert.pooler.dense.weight');
        expect(adapter.targetModules).toEqual([
          'attention.self.query',
          'attention.self.key',
          'attention.self.value',
          'attention.output.dense',
          'intermediate.dense',
          'output.dense',
        ]);
        model.dispose();
      });

      test('more last layers than there are are refused', () => {
        const options = { classCount: 2, keepClassifier: true, seed: 1 };
        expect(() => createClassifier(weights, { ...options, learning: { kind: 'last', layers: 3 } })).toThrow(
          /^Setting train_last_layers: expected at most 2/,
        );
      });
    }
  });
});

describeBackends('what is frozen', (backend) => {
  const config = toyConfig({ num_hidden_layers: 3 });
  const weights = readWeights(config, toyWeights(config));
  const BACKWARD = ['EmbeddingsGrad', 'AttentionGrad', 'AddLayerNormGrad', 'LinearGrad', 'LoraLinearGrad'] as const;

  /** Backward kernels of a step, and the shapes of their results. */
  async function backwardOf(learning: Learning) {
    const model = createClassifier(weights, { classCount: 2, keepClassifier: true, seed: 1, learning });
    const batch = makeBatch(packBatch(toyRows(3, 4), [0, 1, 2, 3], 1), model);
    const labels = tensor(Int32Array.of(0, 1, 0, 1), [4], 'int32');
    const rng = tensor(Int32Array.of(1, 2, 3), [3], 'int32');
    const unit = unitGradient();
    const { kernels } = await profile(() => {
      const { loss, gradients } = lossAndGradients(model, batch, labels, rng, unit);
      expect(gradients.map(({ shape }) => shape)).toEqual(model.parameters.map((each) => each.tensor.shape));
      dispose([...gradients, loss]);
    });
    const optimizer = createAdamW(model.parameters, { weightDecay: 0, maxGradNorm: 0 });
    optimizer.dispose();
    disposeBatch(batch);
    dispose([labels, rng, unit]);
    model.dispose();
    const counts = BACKWARD.map((name) => kernels.filter((kernel) => kernel.name === `tabtune.${name}`).length);
    const shapes = kernels.filter(({ name }) => name.endsWith('Grad')).flatMap(({ outputShapes }) => outputShapes.map(String));
    return { counts, shapes };
  }

  // The profiler reads every result back, which a GPU that works on its own does not wait for: the tape is the same there.
  test.skipIf(backend === 'webgpu')('has no backward', async () => {
    expect((await backwardOf({ kind: 'all' })).counts).toEqual([1, 3, 7, 3 * 4 + 2, 0]);
    const last = await backwardOf({ kind: 'last', layers: 1 });
    expect(last.counts).toEqual([0, 1, 2, 4 + 2, 0]);
    const head = await backwardOf({ kind: 'head' });
    expect(head.counts).toEqual([0, 0, 0, 2, 0]);
    const lora = await backwardOf({ kind: 'lora', r: 4, alpha: 8, dropout: 0, targets: 'auto' });
    // Of each layer's LayerNorms and linear layers the gradient of the input alone; the classifier's whole; A's.
    expect(lora.counts).toEqual([0, 3, 6, 3 * 3 + 2 + 3, 3]);
    for (const shape of ['72,24', '24,24', '37,24', '24,37', '53,24', '24']) expect(lora.shapes).not.toContain(shape);
  });

  test('is not kept for backward: less memory at the end of the forward pass', async () => {
    const kept = (learning: Learning): number => {
      const model = createClassifier(weights, { classCount: 2, keepClassifier: true, seed: 1, learning });
      const batch = makeBatch(packBatch(toyRows(3, 4), [0, 1, 2, 3], 1), model);
      const labels = tensor(Int32Array.of(0, 1, 0, 1), [4], 'int32');
      const rng = tensor(Int32Array.of(1, 2, 3), [3], 'int32');
      const unit = unitGradient();
      let most = 0;
      const before = memory().numBytes;
      const measured = {
        ...model,
        logits: (...args: Parameters<Classifier['logits']>) => {
          const result = tidy(() => model.logits(...args));
          most = memory().numBytes - before;
          return result;
        },
      };
      const { loss, gradients } = lossAndGradients(measured, batch, labels, rng, unit);
      dispose([loss, labels, rng, unit, ...gradients]);
      disposeBatch(batch);
      model.dispose();
      return most;
    };
    const all = kept({ kind: 'all' });
    expect(kept({ kind: 'last', layers: 1 })).toBeLessThan(0.45 * all);
    expect(kept({ kind: 'head' })).toBeLessThan(0.05 * all);
    expect(kept({ kind: 'lora', r: 4, alpha: 8, dropout: 0, targets: 'auto' })).toBeLessThan(0.9 * all);
    await Promise.resolve();
  });
});
