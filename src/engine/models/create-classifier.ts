/** A classifier of any family on the current backend, from weights that were read. */
import { keep, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { createRandom } from '../../lib/random.ts';
import type { Classifier, ExportedTensor } from './classifier.ts';
import { familyOf, parameterSpecs } from './families.ts';
import { createNetwork } from './network.ts';
import { relativePlaces } from './relative-positions.ts';
import { sizeOfShape, storedShape, trainingStepFlops, type ParameterSpec } from './parameters.ts';
import type { ModelWeights } from './weights.ts';

export interface ClassifierOptions {
  readonly classCount: number;
  /** Keep the stored classifier (to predict, or to go on with the same classes); else a new one is made. */
  readonly keepClassifier: boolean;
  /** Seeds what is new: normal(0, initializer_range), biases 0. */
  readonly seed: number;
}

/** Makes the model's tensors on the current backend, from a copy of the weights. */
export function createClassifier(weights: ModelWeights, options: ClassifierOptions): Classifier {
  const { config } = weights;
  if (options.keepClassifier && weights.classes?.length !== options.classCount) {
    throw new Error(`the stored classifier has ${weights.classes?.length ?? 'no'} classes, ${options.classCount} are asked for`);
  }
  const specs = parameterSpecs(config, options.classCount);
  const random = createRandom(options.seed);
  const tensors = new Map<string, Tensor>();
  for (const spec of specs) {
    const stored = spec.part === 'classifier' && !options.keepClassifier ? undefined : weights.values.get(spec.name);
    const values = stored?.slice() ?? initialValues(spec, config.initializer_range, () => random.normal());
    tensors.set(spec.name, keep(tensor(values, [...spec.shape])));
  }
  const unusedRng = keep(tensor(new Int32Array(3), [3], 'int32'));
  const zeroRow = keep(tensor(new Float32Array(config.embedding_size), [1, config.embedding_size]));
  const maxLength = config.max_position_embeddings - config.position_offset;
  const reach = maxLength - 1;
  const noBias = keep(tensor(new Float32Array(config.hidden_size)));
  const places = config.relative && { tensor: keep(tensor(relativePlaces(config.relative, reach))), reach };
  const parameter = (name: string): Tensor => {
    const found = tensors.get(name);
    if (!found) throw new Error(`no parameter is called ${name}`);
    return found;
  };

  return {
    classCount: options.classCount,
    vocabularySize: config.vocab_size,
    maxLength,
    positionOffset: config.position_biased_input ? config.position_offset : null,
    usesTokenTypes: config.type_vocab_size > 1,
    parameters: specs.map(({ name, decay }) => ({ name, decay, tensor: parameter(name) })),
    parameterCount: specs.reduce((sum, { shape }) => sum + sizeOfShape(shape), 0),
    logits: (batch, rng) => {
      const net = createNetwork({ config, parameter, zeroRow, noBias, places, rng: rng ?? unusedRng, training: rng !== null });
      return familyOf(config).logits(net, config, batch);
    },
    exportTensors: async () => {
      const exported = await Promise.all(specs.map(async (spec) => splitStored(spec, await parameter(spec.name).data())));
      return exported.flat();
    },
    stepFlops: (rowLengths) => trainingStepFlops(config, rowLengths),
    dispose: () => {
      for (const each of [...tensors.values(), unusedRng, zeroRow, noBias, ...(places ? [places.tensor] : [])]) each.dispose();
    },
  };
}

function initialValues(spec: ParameterSpec, range: number, normal: () => number): Float32Array {
  const values = new Float32Array(sizeOfShape(spec.shape));
  return spec.name.endsWith('.bias') ? values : values.map(() => normal() * range);
}

/** A parameter's values as the tensors that the file has for it. */
function splitStored(spec: ParameterSpec, values: ArrayLike<number>): readonly ExportedTensor[] {
  const all = Float32Array.from(values);
  const shape = storedShape(spec);
  const size = sizeOfShape(shape);
  return spec.stored.map((name, piece) => ({ name, shape, data: all.slice(piece * size, (piece + 1) * size) }));
}
