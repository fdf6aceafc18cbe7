/**
 * The same BERT classifier written plainly with stock tfjs operations, as one finds it in tutorials: padded batches, tf.variable,
 * autodiff, tf.train.adam. What the benchmarks compare with; nothing of it is in the product.
 * B rows, S tokens of the longest row, H hidden, A heads, D head size.
 */
import * as tf from '@tensorflow/tfjs';

/** config.json, as far as it is needed here. */
export interface StockConfig {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly hidden_dropout_prob: number;
  readonly max_position_embeddings: number;
  readonly type_vocab_size: number;
  readonly layer_norm_eps: number;
}

export interface StockBatch {
  readonly ids: tf.Tensor2D; // [B,S] int32, padded with 0
  readonly mask: tf.Tensor2D; // [B,S] 1 for real tokens
  readonly labels: tf.Tensor1D; // [B] int32
}

export interface StockBert {
  readonly parameterCount: number;
  /** One step of Adam; the loss, which the caller disposes. */
  step(batch: StockBatch): tf.Scalar;
  /** One step of Adam; the loss is read. */
  trainStep(batch: StockBatch): number;
  /** The loss of a batch without dropout. */
  evaluate(batch: StockBatch): number;
  dispose(): void;
}

const CLASSES = 2;

/** Weights by the names of src/engine/models/encoder.ts, query, key and value joined. Uses the current backend. */
export function createStockBert(
  config: StockConfig,
  weight: (name: string) => Float32Array,
  classifier: Float32Array,
  learningRate: number,
): StockBert {
  const { hidden_size: H, num_attention_heads: A, intermediate_size: F } = config;
  const D = H / A;
  const variables: tf.Variable[] = [];

  function variable(values: Float32Array, shape: number[]): tf.Variable {
    const made = tf.tidy(() => tf.variable(tf.tensor(values, shape)));
    variables.push(made);
    return made;
  }
  function stored(name: string, shape: number[]): tf.Variable {
    return variable(weight(name), shape);
  }
  function norm(name: string): (x: tf.Tensor) => tf.Tensor {
    const gamma = stored(`${name}.LayerNorm.weight`, [H]);
    const beta = stored(`${name}.LayerNorm.bias`, [H]);
    return (x) => {
      const { mean, variance } = tf.moments(x, -1, true);
      return x.sub(mean).div(variance.add(config.layer_norm_eps).sqrt()).mul(gamma).add(beta);
    };
  }
  /** x [rows, inputs] -> [rows, outputs]; weights in tfjs's layout [inputs, outputs], its fastest. */
  function dense(kernel: Float32Array, bias: Float32Array, inputs: number, outputs: number): (x: tf.Tensor) => tf.Tensor {
    const transposed = kernel.map((_, i) => kernel[(i % outputs) * inputs + Math.floor(i / outputs)]!);
    const w = variable(transposed, [inputs, outputs]);
    const b = variable(bias, [outputs]);
    return (x) => tf.matMul(x as tf.Tensor2D, w as tf.Tensor as tf.Tensor2D).add(b);
  }
  function storedDense(name: string, inputs: number, outputs: number): (x: tf.Tensor) => tf.Tensor {
    return dense(weight(`${name}.weight`), weight(`${name}.bias`), inputs, outputs);
  }
  const gelu = (x: tf.Tensor): tf.Tensor => x.mul(0.5).mul(x.div(Math.SQRT2).erf().add(1));

  const word = stored('embeddings.word_embeddings.weight', [config.vocab_size, H]);
  const position = stored('embeddings.position_embeddings.weight', [config.max_position_embeddings, H]);
  const type = stored('embeddings.token_type_embeddings.weight', [config.type_vocab_size, H]);
  const embeddingNorm = norm('embeddings');
  const layers = Array.from({ length: config.num_hidden_layers }, (_, layer) => {
    const at = `encoder.layer.${layer}`;
    return {
      query: storedDense(`${at}.attention.self.query`, H, H),
      key: storedDense(`${at}.attention.self.key`, H, H),
      value: storedDense(`${at}.attention.self.value`, H, H),
      attentionOutput: storedDense(`${at}.attention.output.dense`, H, H),
      attentionNorm: norm(`${at}.attention.output`),
      intermediate: storedDense(`${at}.intermediate.dense`, H, F),
      output: storedDense(`${at}.output.dense`, F, H),
      outputNorm: norm(`${at}.output`),
    };
  });
  const pooler = storedDense('pooler.dense', H, H);
  const classify = dense(classifier, new Float32Array(CLASSES), H, CLASSES);

  /** logits [B,C]. */
  function forward({ ids, mask }: StockBatch, training: boolean): tf.Tensor2D {
    const [B, S] = ids.shape;
    const drop = (x: tf.Tensor): tf.Tensor => (training ? tf.dropout(x, config.hidden_dropout_prob) : x);
    const heads = (x: tf.Tensor): tf.Tensor => x.reshape([B, S, A, D]).transpose([0, 2, 1, 3]); // [B,A,S,D]
    const bias = mask.sub(1).mul(1e9).reshape([B, 1, 1, S]);
    const summed = tf
      .gather(word, ids)
      .add(tf.gather(position, tf.range(0, S, 1, 'int32')))
      .add(type.slice([0, 0], [1, H]));
    let hidden = drop(embeddingNorm(summed.reshape([B * S, H]))); // [B*S,H]
    for (const layer of layers) {
      const q = heads(layer.query(hidden));
      const k = heads(layer.key(hidden));
      const v = heads(layer.value(hidden));
      const scores = tf.matMul(q, k, false, true).div(Math.sqrt(D)).add(bias); // [B,A,S,S]
      const context = tf.matMul(drop(tf.softmax(scores)), v); // [B,A,S,D]
      const joined = context.transpose([0, 2, 1, 3]).reshape([B * S, H]);
      const attended = layer.attentionNorm(drop(layer.attentionOutput(joined)).add(hidden));
      hidden = layer.outputNorm(drop(layer.output(gelu(layer.intermediate(attended)))).add(attended));
    }
    const first = hidden.reshape([B, S, H]).slice([0, 0, 0], [B, 1, H]).reshape([B, H]);
    return classify(drop(pooler(first).tanh())) as tf.Tensor2D;
  }

  function loss(batch: StockBatch, training: boolean): tf.Scalar {
    return tf.losses.softmaxCrossEntropy(tf.oneHot(batch.labels, CLASSES), forward(batch, training));
  }

  const optimizer = tf.train.adam(learningRate);
  const step = (batch: StockBatch): tf.Scalar => tf.tidy(() => optimizer.minimize(() => loss(batch, true), true, variables)!);
  return {
    step,
    parameterCount: variables.reduce((sum, { size }) => sum + size, 0),
    trainStep: (batch) => tf.tidy(() => step(batch).dataSync<'float32'>()[0]!),
    evaluate: (batch) => tf.tidy(() => loss(batch, false).dataSync<'float32'>()[0]!),
    dispose: () => {
      optimizer.dispose();
      for (const each of variables) each.dispose();
    },
  };
}
