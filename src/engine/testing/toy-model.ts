/** A seeded toy checkpoint and toy data for tests: Hugging Face names, odd sizes, no file. */
import { createRandom } from '../../lib/random.ts';
import { parseConfig } from '../models/config.ts';
import { parameterSpecs } from '../models/families.ts';
import type { ModelConfig } from '../models/family.ts';
import { sizeOfShape, storedShape } from '../models/parameters.ts';
import type { WeightSource } from '../models/weights.ts';
import type { LabelledRows } from '../train/arguments.ts';
import { normals } from './inputs.ts';

/** A BERT of two layers, hidden 24, three heads, 53 words; `changes` are keys of config.json. */
export function toyConfig(changes: Readonly<Record<string, unknown>> = {}): ModelConfig {
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

/** The toy of every family. */
export const TOY_FAMILIES: readonly ModelConfig[] = [
  toyConfig(),
  toyConfig({
    model_type: 'deberta-v2',
    relative_attention: true,
    share_att_key: true,
    pos_att_type: 'p2c|c2p',
    position_buckets: 4,
    norm_rel_ebd: 'layer_norm',
    position_biased_input: false,
  }),
  toyConfig({ model_type: 'distilbert', dim: 24, n_heads: 3, hidden_dim: 37, n_layers: 2 }),
  toyConfig({ model_type: 'electra', embedding_size: 12 }),
  toyConfig({ model_type: 'roberta', type_vocab_size: 1 }),
  toyConfig({ model_type: 'xlm-roberta', type_vocab_size: 1 }),
];

/** Random weights for the config under the names that transformers writes. `change` may rename (or drop, by null) and reshape tensors. */
export function toyWeights(
  config: ModelConfig,
  options: { readonly classCount?: number; readonly rename?: (name: string) => string | null } = {},
): WeightSource {
  const { classCount = 2, rename = (name: string) => name } = options;
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  let seed = 0;
  for (const spec of parameterSpecs(config, classCount)) {
    const shape = storedShape(spec);
    for (const storedName of spec.stored) {
      const name = rename(storedName);
      const start = spec.shape.length === 1 && storedName.endsWith('.weight') ? 1 : 0; // a LayerNorm's
      const data = Float32Array.from(normals(++seed, sizeOfShape(shape), 0.1), (value) => start + value);
      if (name !== null) tensors.set(name, { shape, data });
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
  return { ids: Int32Array.from(ids), offsets, targets: { kind: 'single', labels } };
}
