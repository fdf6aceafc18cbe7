/** A seeded toy checkpoint and toy data for tests: Hugging Face names, odd sizes, no file. */
import { createRandom } from '../../lib/random.ts';
import { bertParameters } from '../models/bert-parameters.ts';
import { parseConfig, type BertConfig } from '../models/config.ts';
import type { WeightSource } from '../models/weights.ts';
import type { LabelledRows } from '../train/arguments.ts';
import { normals } from './inputs.ts';

/** A config of two layers, hidden 24, three heads, 53 words; `changes` are keys of config.json. */
export function toyConfig(changes: Readonly<Record<string, unknown>> = {}): BertConfig {
  return parseConfig({
    model_type: 'bert',
    vocab_size: 53,
    hidden_size: 24,
    num_hidden_layers: 2,
    num_attention_heads: 3,
    intermediate_size: 37,
    max_position_embeddings: 20,
    hidden_act: 'gelu',
    ...changes,
  });
}

/** Random weights for the config under the names that transformers writes. `change` may rename (or drop, by null) and reshape tensors. */
export function toyWeights(
  config: BertConfig,
  options: { readonly classCount?: number; readonly rename?: (name: string) => string | null } = {},
): WeightSource {
  const { classCount = 2, rename = (name: string) => name } = options;
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  let seed = 0;
  for (const { shape, stored } of bertParameters(config, classCount)) {
    const pieceShape = [shape[0]! / stored.length, ...shape.slice(1)];
    for (const storedName of stored) {
      const name = rename(storedName);
      const size = pieceShape.reduce((product, side) => product * side, 1);
      const start = storedName.endsWith('LayerNorm.weight') ? 1 : 0;
      const data = Float32Array.from(normals(++seed, size, 0.1), (value) => start + value);
      if (name !== null) tensors.set(name, { shape: pieceShape, data });
    }
  }
  return {
    names: [...tensors.keys()],
    tensor(name) {
      const found = tensors.get(name);
      if (!found) throw new Error(`no tensor ${name}`);
      return found;
    },
  };
}

/** Rows of 3 to 12 tokens between [CLS] 1 and [SEP] 2; a row is of class 1 when the word 10 is in it, else word 11 is, and it is of class 0. */
export function toyRows(seed: number, count: number): LabelledRows {
  const random = createRandom(seed);
  const labels = new Int32Array(count);
  const offsets = new Uint32Array(count + 1);
  const ids: number[] = [];
  for (let row = 0; row < count; row++) {
    const words = Array.from({ length: 1 + random.below(10) }, () => 12 + random.below(40));
    labels[row] = random.below(2);
    words[random.below(words.length)] = labels[row] ? 10 : 11;
    ids.push(1, ...words, 2);
    offsets[row + 1] = ids.length;
  }
  return { ids: Int32Array.from(ids), offsets, labels };
}
