/** A classifier of any family on the current backend, from weights that were read. */
import { keep, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { createRandom } from '../../lib/random.ts';
import { freeze } from '../ops/frozen.ts';
import type { Classifier, ExportedAdapter, ExportedTensor } from './classifier.ts';
import { familyOf, parameterSpecs } from './families.ts';
import { classify } from './head.ts';
import { planLearning, type Learning } from './learning.ts';
import { initialLora, mergeLora, targetModules } from './lora.ts';
import { createNetwork } from './network.ts';
import { relativePlaces } from './relative-positions.ts';
import { sizeOfShape, storedShape, trainingStepFlops, type ParameterSpec } from './parameters.ts';
import type { ModelWeights } from './weights.ts';

export interface ClassifierOptions {
  readonly classCount: number;
  /** Keep the stored classifier (to predict, or to go on with the same classes); else a new one is made. */
  readonly keepClassifier: boolean;
  /** Seeds what is new: normal(0, initializer_range), biases 0; LoRA's A as nn.Linear, B 0. */
  readonly seed: number;
  /** By default all. */
  readonly learning?: Learning;
}

/**
 * Makes the model's tensors on the current backend, from a copy of the weights. Throws a `Problem` where `learning` asks for what the
 * model has not.
 */
export function createClassifier(weights: ModelWeights, options: ClassifierOptions): Classifier {
  const { config } = weights;
  const { learning = { kind: 'all' } } = options;
  if (options.keepClassifier && weights.classes?.length !== options.classCount) {
    throw new Error(`the stored classifier has ${weights.classes?.length ?? 'no'} classes, ${options.classCount} are asked for`);
  }
  const family = familyOf(config);
  const specs = parameterSpecs(config, options.classCount);
  const fresh = new Set(specs.filter(({ name }) => !weights.values.has(name)).map(({ part }) => part));
  const { learns, adapters, modulesToSave } = planLearning(learning, config, specs, fresh);
  const adapterSpecs = [...adapters.values()].flatMap((adapter) => adapter.specs);
  const learningSpecs = [...specs.filter(learns), ...adapterSpecs];
  const random = createRandom(options.seed);
  const tensors = new Map<string, Tensor>();
  const make = ({ name, shape }: ParameterSpec, values: Float32Array): void => {
    try {
      tensors.set(name, keep(tensor(values, [...shape])));
    } catch (error) {
      // A model for which memory does not suffice leaves nothing of itself.
      for (const each of tensors.values()) each.dispose();
      throw error;
    }
  };
  for (const spec of specs) {
    const stored = spec.part === 'classifier' && !options.keepClassifier ? undefined : weights.values.get(spec.name);
    make(spec, stored?.slice() ?? initialValues(spec, config.initializer_range, () => random.normal()));
    if (!learns(spec)) freeze(parameter(spec.name));
  }
  for (const spec of adapterSpecs) make(spec, initialLora(spec, random));
  const zeros = new Map<number, Tensor>();
  const zerosOf = (length: number): Tensor => {
    const found = zeros.get(length) ?? freeze(keep(tensor(new Float32Array(length))));
    zeros.set(length, found);
    return found;
  };
  const unusedRng = keep(tensor(new Int32Array(3), [3], 'int32'));
  const zeroRow = freeze(keep(tensor(new Float32Array(config.embedding_size), [1, config.embedding_size])));
  const maxLength = config.max_position_embeddings - config.position_offset;
  const reach = maxLength - 1;
  const places = config.relative && { tensor: keep(tensor(relativePlaces(config.relative, reach))), reach };

  function parameter(name: string): Tensor {
    const found = tensors.get(name);
    if (!found) throw new Error(`no parameter is called ${name}`);
    return found;
  }
  const learningParameters = learningSpecs.map(({ name, decay }) => ({ name, decay, tensor: parameter(name) }));
  const network = (rng: Tensor | null, checkpointing = false) =>
    createNetwork({
      config,
      parameter,
      zeroRow,
      places,
      rng: rng ?? unusedRng,
      training: rng !== null,
      adapters,
      checkpointing,
      learning: learningParameters,
      zeros: zerosOf,
    });
  const read = async (spec: ParameterSpec): Promise<Float32Array> => Float32Array.from(await parameter(spec.name).data());
  const countOf = (some: readonly ParameterSpec[]): number => some.reduce((sum, { shape }) => sum + sizeOfShape(shape), 0);

  return {
    classCount: options.classCount,
    hiddenSize: config.hidden_size,
    vocabularySize: config.vocab_size,
    maxLength,
    positionOffset: config.position_biased_input ? config.position_offset : null,
    usesTokenTypes: config.type_vocab_size > 1,
    parameters: learningParameters,
    learningCount: countOf(learningSpecs),
    parameterCount: countOf(specs) + countOf(adapterSpecs),
    encoderLearns: learningSpecs.some(({ part }) => part === 'encoder'),
    logits(batch, rng, { checkpointing = false } = {}) {
      const net = network(rng, checkpointing);
      const first = 'encoded' in batch ? freeze(batch.encoded) : family.encode(net, config, batch); // [B,H]
      return classify(net, config, family.head, first); // [B,C]
    },
    encode: (batch) => family.encode(network(null), config, batch), // [B,H]
    async exportTensors() {
      const exported = await Promise.all(
        specs.map(async (spec) => {
          const values = await read(spec);
          const adapter = adapters.get(spec.name.replace(/\.weight$/, ''));
          if (adapter) mergeLora(values, await read(adapter.specs[0]), await read(adapter.specs[1]), adapter);
          return splitStored(spec, values);
        }),
      );
      return exported.flat();
    },
    async exportAdapter(): Promise<ExportedAdapter | null> {
      if (learning.kind !== 'lora') return null;
      const { r, alpha, dropout, targets } = learning;
      const exported = await Promise.all(learningSpecs.map(async (spec) => splitStored(spec, await read(spec))));
      const tensors = exported.flat().map((each) => ({ ...each, name: `base_model.model.${each.name}` }));
      return { tensors, r, alpha, dropout, targetModules: targetModules(targets, adapters), modulesToSave };
    },
    stepFlops: (rowLengths) => trainingStepFlops(config, rowLengths),
    dispose() {
      const own = [...tensors.values(), ...zeros.values(), unusedRng, zeroRow, ...(places ? [places.tensor] : [])];
      for (const each of own) each.dispose();
    },
  };
}

function initialValues(spec: ParameterSpec, range: number, normal: () => number): Float32Array {
  const values = new Float32Array(sizeOfShape(spec.shape));
  return spec.name.endsWith('.bias') ? values : values.map(() => normal() * range);
}

/** A parameter's values as the tensors that the file has for it. */
function splitStored(spec: ParameterSpec, values: Float32Array): readonly ExportedTensor[] {
  const shape = storedShape(spec);
  const size = sizeOfShape(shape);
  return spec.stored.map((name, piece) => ({ name, shape, data: values.slice(piece * size, (piece + 1) * size) }));
}
