/**
 * The BERT classifier (Devlin et al. 2018; transformers' BertForSequenceClassification) from the engine's ops, on packed batches.
 * T tokens, B rows, H hidden, F feed-forward, C classes. Only the first token of each row feeds the classifier, so the last layer takes
 * these rows right behind its attention and runs the rest on [B,H]: the same numbers, with less work.
 */
import { keep, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { createRandom } from '../../lib/random.ts';
import { addLayerNorm } from '../ops/add-layer-norm/add-layer-norm.ts';
import { attention } from '../ops/attention/attention.ts';
import { dropout } from '../ops/dropout/dropout.ts';
import { embeddings } from '../ops/embeddings/embeddings.ts';
import { linear } from '../ops/linear/linear.ts';
import { takeRows } from '../ops/take-rows/take-rows.ts';
import { bertParameters, sizeOfShape, trainingStepFlops, type ParameterSpec } from './bert-parameters.ts';
import type { BatchTensors, Classifier, ExportedTensor } from './classifier.ts';
import type { BertConfig } from './config.ts';
import type { BertWeights } from './weights.ts';

export interface BertOptions {
  readonly classCount: number;
  /** Keep the stored classifier (to predict, or to go on with the same classes); else a new one is made. */
  readonly keepClassifier: boolean;
  /** Seeds what is new: normal(0, initializer_range), biases 0. */
  readonly seed: number;
}

/** Makes the model's tensors on the current backend, from a copy of the weights. */
export function createBertClassifier(weights: BertWeights, options: BertOptions): Classifier {
  const { config } = weights;
  if (options.keepClassifier && weights.classes?.length !== options.classCount) {
    throw new Error(`the stored classifier has ${weights.classes?.length ?? 'no'} classes, ${options.classCount} are asked for`);
  }
  const specs = bertParameters(config, options.classCount);
  const random = createRandom(options.seed);
  const tensors = new Map<string, Tensor>();
  for (const spec of specs) {
    const stored = spec.part === 'classifier' && !options.keepClassifier ? undefined : weights.values.get(spec.name);
    const values = stored?.slice() ?? initialValues(spec, config.initializer_range, () => random.normal());
    tensors.set(spec.name, keep(tensor(values, [...spec.shape])));
  }
  const unusedRng = keep(tensor(new Int32Array(3), [3], 'int32'));
  const parameter = (name: string): Tensor => {
    const found = tensors.get(name);
    if (!found) throw new Error(`no parameter is called ${name}`);
    return found;
  };

  return {
    classCount: options.classCount,
    vocabularySize: config.vocab_size,
    maxLength: config.max_position_embeddings,
    parameters: specs.map(({ name, decay }) => ({ name, decay, tensor: parameter(name) })),
    parameterCount: specs.reduce((sum, { shape }) => sum + sizeOfShape(shape), 0),
    logits: (batch, rng) => forward(config, parameter, batch, rng ?? unusedRng, rng !== null),
    exportTensors: async () => {
      const exported = await Promise.all(specs.map(async (spec) => splitStored(spec, await parameter(spec.name).data())));
      return exported.flat();
    },
    stepFlops: (rowLengths) => trainingStepFlops(config, rowLengths),
    dispose: () => {
      for (const each of tensors.values()) each.dispose();
      unusedRng.dispose();
    },
  };
}

/** logits [B,C]. */
function forward(
  config: BertConfig,
  parameter: (name: string) => Tensor,
  batch: BatchTensors,
  rng: Tensor,
  training: boolean,
): Tensor {
  let stream = 0;
  const drop = (rate: number) => ({ rate: training ? rate : 0, stream: stream++ });
  const dense = (x: Tensor, name: string, activation?: Parameters<typeof linear>[3]): Tensor =>
    linear(x, parameter(`${name}.weight`), parameter(`${name}.bias`), activation);
  const norm = (x: Tensor, residual: Tensor | undefined, name: string, rate: number): Tensor =>
    addLayerNorm(x, residual, parameter(`${name}.LayerNorm.weight`), parameter(`${name}.LayerNorm.bias`), rng, {
      eps: config.layer_norm_eps,
      dropout: drop(rate),
    });
  const hiddenRate = config.hidden_dropout_prob;

  const word = parameter('embeddings.word_embeddings.weight'); // [V,H]
  const position = parameter('embeddings.position_embeddings.weight'); // [P,H]
  const type = parameter('embeddings.token_type_embeddings.weight'); // [Y,H]
  const summed = embeddings(batch, { word, position, type }); // [T,H]
  let hidden = dropout(norm(summed, undefined, 'embeddings', 0), rng, drop(hiddenRate)); // [T,H]

  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const at = `encoder.layer.${layer}`;
    const qkv = dense(hidden, `${at}.attention.self.qkv`); // [T,3H]
    const attentionDrop = drop(config.attention_probs_dropout_prob);
    let context = attention(qkv, batch.offsets, rng, config.num_attention_heads, attentionDrop); // [T,H]
    if (layer === config.num_hidden_layers - 1) {
      context = takeRows(context, batch.starts); // [B,H]
      hidden = takeRows(hidden, batch.starts); // [B,H]
    }
    const attended = norm(dense(context, `${at}.attention.output.dense`), hidden, `${at}.attention.output`, hiddenRate); // [T,H]
    const inner = dense(attended, `${at}.intermediate.dense`, config.hidden_act); // [T,F]
    hidden = norm(dense(inner, `${at}.output.dense`), attended, `${at}.output`, hiddenRate); // [T,H]
  }

  const pooled = dense(hidden, 'pooler.dense', 'tanh'); // [B,H]
  return dense(dropout(pooled, rng, drop(config.classifier_dropout ?? hiddenRate)), 'classifier'); // [B,C]
}

function initialValues(spec: ParameterSpec, range: number, normal: () => number): Float32Array {
  const values = new Float32Array(sizeOfShape(spec.shape));
  return spec.name.endsWith('.bias') ? values : values.map(() => normal() * range);
}

/** A parameter's values as the tensors that the file has for it. */
function splitStored(spec: ParameterSpec, values: ArrayLike<number>): readonly ExportedTensor[] {
  const all = Float32Array.from(values);
  const shape = [spec.shape[0]! / spec.stored.length, ...spec.shape.slice(1)];
  const size = sizeOfShape(shape);
  return spec.stored.map((name, piece) => ({ name, shape, data: all.slice(piece * size, (piece + 1) * size) }));
}
