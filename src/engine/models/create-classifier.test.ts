import { memory, tensor, tidy } from '@tensorflow/tfjs-core';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packBatch } from '../../text/packing.ts';
import { expectAllClose } from '../testing/all-close.ts';
import { describeBackends } from '../testing/node/backends.ts';
import { readFixture } from '../testing/node/safetensors.ts';
import { TOLERANCES } from '../testing/tolerances.ts';
import { TOY_FAMILIES, toyConfig, toyRows, toyWeights } from '../testing/toy-model.ts';
import { disposeBatch, makeBatch, type Classifier } from './classifier.ts';
import { parseConfig } from './config.ts';
import { createClassifier } from './create-classifier.ts';
import { parameterSpecs } from './families.ts';
import type { ModelConfig } from './family.ts';
import { sizeOfShape, trainingStepFlops } from './parameters.ts';
import { readWeights } from './weights.ts';

const config = toyConfig();
const weights = readWeights(config, toyWeights(config));
const rows = toyRows(3, 6);
const STARTER = new URL('../../../public/models/starter/', import.meta.url);

async function logitsOf(
  model: Classifier,
  indices: readonly number[],
  roundTo = 1,
  rng: Int32Array | null = null,
): Promise<Float32Array> {
  const batch = makeBatch(packBatch(rows, indices, roundTo), model);
  const rngTensor = rng && tensor(rng, [3], 'int32');
  const logits = tidy(() => model.logits(batch, rngTensor));
  const values = Float32Array.from(await logits.data());
  logits.dispose();
  rngTensor?.dispose();
  disposeBatch(batch);
  return values;
}

describe('counts', () => {
  // What transformers counts in ...ForSequenceClassification of its default configuration (or the checkpoint's) with two classes.
  test.each<[string, number, Record<string, unknown>]>([
    ['bert-base-uncased', 109_483_778, { model_type: 'bert' }],
    ['distilbert-base-uncased', 66_955_010, { model_type: 'distilbert' }],
    ['roberta-base', 124_647_170, { model_type: 'roberta', max_position_embeddings: 514, type_vocab_size: 1 }],
    [
      'xlm-roberta-base',
      278_045_186,
      { model_type: 'xlm-roberta', vocab_size: 250002, max_position_embeddings: 514, type_vocab_size: 1 },
    ],
    ['electra-small-discriminator', 13_549_314, { model_type: 'electra' }],
    [
      'deberta-v3-small',
      141_896_450,
      {
        model_type: 'deberta-v2',
        hidden_size: 768,
        num_attention_heads: 12,
        num_hidden_layers: 6,
        intermediate_size: 3072,
        relative_attention: true,
        position_buckets: 256,
        norm_rel_ebd: 'layer_norm',
        share_att_key: true,
        pos_att_type: 'p2c|c2p',
        position_biased_input: false,
      },
    ],
  ])('%s has %i parameters', (_name, count, json) => {
    const specs = parameterSpecs(parseConfig(json), 2);
    expect(specs.reduce((sum, { shape }) => sum + sizeOfShape(shape), 0)).toBe(count);
  });

  test('a BERT-base step of 32 rows of 128 tokens is 2.15 TFLOP', () => {
    const flops = trainingStepFlops(parseConfig({ model_type: 'bert' }), new Array<number>(32).fill(128));
    expect(flops).toBeCloseTo(72 * 12 * 32 * 128 * 768 ** 2 * (1 + 128 / (6 * 768)), -3);
    expect(flops / 1e12).toBeCloseTo(2.15, 2);
  });
});

describeBackends('classifier', () => {
  test.each(TOY_FAMILIES)(
    'a row of $model_type gives the same logits alone, in a batch, and with T rounded up',
    async (family) => {
      const read = readWeights(family, toyWeights(family));
      const model = createClassifier(read, { classCount: 2, keepClassifier: true, seed: 1 });
      const together = await logitsOf(model, [4, 0, 2]);
      for (const [place, row] of [4, 0, 2].entries()) {
        expectAllClose(
          `row ${row}`,
          await logitsOf(model, [row]),
          together.subarray(2 * place, 2 * place + 2),
          TOLERANCES.logits,
        );
      }
      expectAllClose('rounded', await logitsOf(model, [4, 0, 2], 64), together, TOLERANCES.logits);
      model.dispose();
    },
  );

  test.each(TOY_FAMILIES)('$model_type takes rows as long as it says', async (family) => {
    const model = createClassifier(readWeights(family, toyWeights(family)), { classCount: 2, keepClassifier: true, seed: 1 });
    expect(model.maxLength).toBe(family.model_type.endsWith('roberta') ? 18 : 20);
    const ids = new Int32Array(model.maxLength).fill(5);
    const packed = packBatch({ ids, offsets: Uint32Array.of(0, ids.length) }, [0], 1);
    const batch = makeBatch(packed, model);
    const positions = await batch.positions.data();
    expect(positions[0]).toBe(model.positionOffset ?? 0);
    expect(positions.at(-1)).toBe(model.positionOffset === null ? 0 : 19);
    expect((await tidy(() => model.logits(batch, null)).data()).every(Number.isFinite)).toBe(true);
    disposeBatch(batch);
    model.dispose();
  });

  test('token types count where the family has them', async () => {
    const logitsWithTypes = async (family: ModelConfig, type: number): Promise<Float32Array> => {
      const model = createClassifier(readWeights(family, toyWeights(family)), { classCount: 2, keepClassifier: true, seed: 1 });
      const packed = packBatch(rows, [0], 1);
      const batch = makeBatch({ ...packed, types: packed.types.fill(type) }, model);
      const values = Float32Array.from(await tidy(() => model.logits(batch, null)).data());
      disposeBatch(batch);
      model.dispose();
      return values;
    };
    for (const family of TOY_FAMILIES) {
      const hasTypes = ['bert', 'electra'].includes(family.model_type);
      const [first, second] = [await logitsWithTypes(family, 0), await logitsWithTypes(family, 1)];
      if (hasTypes) expect(second).not.toEqual(first);
      else expect(second).toEqual(first);
    }
  });

  test('dropout is on with rng only, and seeded', async () => {
    const model = createClassifier(weights, { classCount: 2, keepClassifier: true, seed: 1 });
    const still = await logitsOf(model, [1, 3]);
    expect(await logitsOf(model, [1, 3])).toEqual(still);
    const dropped = await logitsOf(model, [1, 3], 1, Int32Array.of(1, 0, 5));
    expect(await logitsOf(model, [1, 3], 1, Int32Array.of(1, 0, 5))).toEqual(dropped);
    expect(dropped).not.toEqual(still);
    expect(await logitsOf(model, [1, 3], 1, Int32Array.of(1, 0, 6))).not.toEqual(dropped);
    model.dispose();
  });

  test.each(TOY_FAMILIES)('export of $model_type gives back what was loaded, and nothing stays in memory', async (family) => {
    const before = memory().numTensors;
    const source = toyWeights(family);
    const model = createClassifier(readWeights(family, source), { classCount: 2, keepClassifier: true, seed: 1 });
    const exported = await model.exportTensors();
    expect(exported.map(({ name }) => name)).toEqual(source.names);
    for (const { name, shape, data } of exported) expect({ shape, data }).toEqual(source.tensor(name));
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('a new head is seeded, normal with initializer_range, its bias 0', async () => {
    const make = async (seed: number) => {
      const model = createClassifier(weights, { classCount: 5, keepClassifier: false, seed });
      const exported = await model.exportTensors();
      model.dispose();
      const find = (name: string) => exported.find((each) => each.name === name)!.data;
      return { weight: find('classifier.weight'), bias: find('classifier.bias') };
    };
    const { weight, bias } = await make(1);
    expect(weight).toHaveLength(5 * 24);
    const deviation = Math.sqrt(weight.reduce((sum, value) => sum + value * value, 0) / weight.length);
    expect(Math.abs(deviation / config.initializer_range - 1)).toBeLessThan(0.25); // 4 standard errors of 120 draws
    expect([...bias]).toEqual([0, 0, 0, 0, 0]);
    expect((await make(1)).weight).toEqual(weight);
    expect((await make(2)).weight).not.toEqual(weight);
  });
});

describe.skipIf(!existsSync(STARTER))('the starter model in the repository', () => {
  describeBackends('starter', () => {
    test('gives finite logits, the same again', async () => {
      const source = readFixture(new URL('model.safetensors', STARTER).pathname);
      const starter = parseConfig(JSON.parse(readFileSync(new URL('config.json', STARTER), 'utf8')));
      const read = readWeights(starter, source);
      expect(read.remarks).toEqual([
        'The model has no classifier: a new one is initialised at training (normal, standard deviation 0.02, from the seed).',
      ]);
      const model = createClassifier(read, { classCount: 2, keepClassifier: false, seed: 1 });
      expect(model.parameterCount).toBe(11_813_376 + 2 * 385);
      const logits = await logitsOf(model, [1]);
      expect(logits.every(Number.isFinite)).toBe(true);
      expect(logits.some((value) => Math.abs(value) > 1e-4)).toBe(true);
      expect(await logitsOf(model, [1])).toEqual(logits);
      model.dispose();
    });
  });
});
