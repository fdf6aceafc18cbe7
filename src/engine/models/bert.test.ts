import { memory, tensor, tidy } from '@tensorflow/tfjs-core';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packBatch } from '../../text/packing.ts';
import { expectAllClose } from '../testing/all-close.ts';
import { describeBackends } from '../testing/node/backends.ts';
import { readFixture } from '../testing/node/safetensors.ts';
import { TOLERANCES } from '../testing/tolerances.ts';
import { toyConfig, toyRows, toyWeights } from '../testing/toy-bert.ts';
import { createBertClassifier } from './bert.ts';
import { bertParameters, sizeOfShape, trainingStepFlops } from './bert-parameters.ts';
import { disposeBatch, makeBatch, type Classifier } from './classifier.ts';
import { parseConfig } from './config.ts';
import { readBertWeights } from './weights.ts';

const config = toyConfig();
const weights = readBertWeights(config, toyWeights(config));
const rows = toyRows(3, 6);
const STARTER = new URL('../../../public/models/starter/', import.meta.url);

async function logitsOf(
  model: Classifier,
  indices: readonly number[],
  roundTo = 1,
  rng: Int32Array | null = null,
): Promise<Float32Array> {
  const batch = makeBatch(packBatch(rows, indices, roundTo));
  const rngTensor = rng && tensor(rng, [3], 'int32');
  const logits = tidy(() => model.logits(batch, rngTensor));
  const values = Float32Array.from(await logits.data());
  logits.dispose();
  rngTensor?.dispose();
  disposeBatch(batch);
  return values;
}

describe('counts', () => {
  test("BERT-base has transformers' 109,483,778 parameters with two classes", () => {
    const specs = bertParameters(parseConfig({ model_type: 'bert' }), 2);
    expect(specs.reduce((sum, { shape }) => sum + sizeOfShape(shape), 0)).toBe(109483778); // 109,482,240 + 2 · 769
  });

  test('a BERT-base step of 32 rows of 128 tokens is 2.15 TFLOP', () => {
    const flops = trainingStepFlops(parseConfig({ model_type: 'bert' }), new Array<number>(32).fill(128));
    expect(flops).toBeCloseTo(72 * 12 * 32 * 128 * 768 ** 2 * (1 + 128 / (6 * 768)), -3);
    expect(flops / 1e12).toBeCloseTo(2.15, 2);
  });
});

describeBackends('bert', () => {
  test('a row gives the same logits alone, in a batch, and with T rounded up', async () => {
    const model = createBertClassifier(weights, { classCount: 2, keepClassifier: true, seed: 1 });
    const together = await logitsOf(model, [4, 0, 2]);
    for (const [place, row] of [4, 0, 2].entries()) {
      expectAllClose(`row ${row}`, await logitsOf(model, [row]), together.subarray(2 * place, 2 * place + 2), TOLERANCES.logits);
    }
    expectAllClose('rounded', await logitsOf(model, [4, 0, 2], 64), together, TOLERANCES.logits);
    model.dispose();
  });

  test('dropout is on with rng only, and seeded', async () => {
    const model = createBertClassifier(weights, { classCount: 2, keepClassifier: true, seed: 1 });
    const still = await logitsOf(model, [1, 3]);
    expect(await logitsOf(model, [1, 3])).toEqual(still);
    const dropped = await logitsOf(model, [1, 3], 1, Int32Array.of(1, 0, 5));
    expect(await logitsOf(model, [1, 3], 1, Int32Array.of(1, 0, 5))).toEqual(dropped);
    expect(dropped).not.toEqual(still);
    expect(await logitsOf(model, [1, 3], 1, Int32Array.of(1, 0, 6))).not.toEqual(dropped);
    model.dispose();
  });

  test('export gives back what was loaded, to the bit, and nothing stays in memory', async () => {
    const before = memory().numTensors;
    const model = createBertClassifier(weights, { classCount: 2, keepClassifier: true, seed: 1 });
    const source = toyWeights(config);
    const exported = await model.exportTensors();
    expect(exported.map(({ name }) => name)).toEqual(source.names);
    for (const { name, shape, data } of exported) expect({ shape, data }).toEqual(source.tensor(name));
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('a new head is seeded, normal with initializer_range, its bias 0', async () => {
    const make = async (seed: number) => {
      const model = createBertClassifier(weights, { classCount: 5, keepClassifier: false, seed });
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
      const read = readBertWeights(starter, source);
      expect(read.remarks).toEqual(['The model has no classifier: a new one is initialised at training.']);
      const model = createBertClassifier(read, { classCount: 2, keepClassifier: false, seed: 1 });
      expect(model.parameterCount).toBe(11_813_376 + 2 * 385);
      const logits = await logitsOf(model, [1]);
      expect(logits.every(Number.isFinite)).toBe(true);
      expect(logits.some((value) => Math.abs(value) > 1e-4)).toBe(true);
      expect(await logitsOf(model, [1])).toEqual(logits);
      model.dispose();
    });
  });
});
