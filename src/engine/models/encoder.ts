/**
 * What the families share: BERT's embeddings and its layers (Devlin et al. 2018), their parameters and their forward pass on packed
 * batches. T tokens, B rows, H hidden, E embedding width, F feed-forward, V vocabulary, P positions, Y token types.
 */
import { tidy, type Tensor } from '@tensorflow/tfjs-core';
import { embeddings } from '../ops/embeddings/embeddings.ts';
import { takeRows } from '../ops/take-rows/take-rows.ts';
import type { BatchTensors } from './classifier.ts';
import type { EncoderConfig } from './family.ts';
import type { Network } from './network.ts';
import { denseSpecs, embeddingSpec, normSpecs, type ParameterSpec } from './parameters.ts';

/** What a family's file calls the modules of a layer. */
export interface LayerNames {
  readonly layers: string;
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attentionOutput: string;
  readonly attentionNorm: string;
  readonly intermediate: string;
  readonly output: string;
  readonly outputNorm: string;
}

/** BERT's own, which are ours in every family. */
export const BERT_LAYERS: LayerNames = {
  layers: 'encoder.layer',
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  attentionOutput: 'attention.output.dense',
  attentionNorm: 'attention.output.LayerNorm',
  intermediate: 'intermediate.dense',
  output: 'output.dense',
  outputNorm: 'output.LayerNorm',
};

const PROJECTION = 'embeddings_project';

/** What we call a module of a layer. */
export function layerName(index: number, module: string): string {
  return `${BERT_LAYERS.layers}.${index}.${module}`;
}

/** The tables of words, positions and token types. */
export function tableParameters(config: EncoderConfig, prefix: string): readonly ParameterSpec[] {
  const { embedding_size: E } = config;
  const table = (kind: string, rows: number): ParameterSpec =>
    embeddingSpec(`embeddings.${kind}`, rows, E, `${prefix}embeddings.${kind}`);
  return [
    table('word_embeddings', config.vocab_size), // [V,E]
    ...(config.position_biased_input ? [table('position_embeddings', config.max_position_embeddings)] : []), // [P,E]
    ...(config.type_vocab_size > 0 ? [table('token_type_embeddings', config.type_vocab_size)] : []), // [Y,E]
  ];
}

/** Tables, their LayerNorm, and the projection where E is not H. */
export function embeddingParameters(config: EncoderConfig, prefix: string): readonly ParameterSpec[] {
  const { embedding_size: E, hidden_size: H } = config;
  return [
    ...tableParameters(config, prefix),
    ...normSpecs('embeddings.LayerNorm', E, `${prefix}embeddings.LayerNorm`),
    ...(E === H ? [] : denseSpecs('encoder', PROJECTION, [H, E], prefix + PROJECTION)),
  ];
}

export function layerParameters(config: EncoderConfig, prefix: string, names: LayerNames): readonly ParameterSpec[] {
  const { hidden_size: H, intermediate_size: F } = config;
  return Array.from({ length: config.num_hidden_layers }, (_, index) => {
    const stored = (module: string): string => `${prefix}${names.layers}.${index}.${module}`;
    const dense = (module: 'attentionOutput' | 'intermediate' | 'output', sides: readonly [number, number]) =>
      denseSpecs('encoder', layerName(index, BERT_LAYERS[module]), sides, stored(names[module]));
    const norm = (module: 'attentionNorm' | 'outputNorm') =>
      normSpecs(layerName(index, BERT_LAYERS[module]), H, stored(names[module]));
    const joined = [names.query, names.key, names.value].map(stored);
    return [
      ...denseSpecs('encoder', layerName(index, 'attention.self.qkv'), [3 * H, H], ...joined),
      ...dense('attentionOutput', [H, H]),
      ...norm('attentionNorm'),
      ...dense('intermediate', [F, H]),
      ...dense('output', [H, F]),
      ...norm('outputNorm'),
    ];
  }).flat();
}

/** The sum of the embeddings [T,E]. */
export function sumEmbeddings(net: Network, config: EncoderConfig, batch: BatchTensors): Tensor {
  const word = net.parameter('embeddings.word_embeddings.weight'); // [V,E]
  const position = config.position_biased_input ? net.parameter('embeddings.position_embeddings.weight') : net.zeroRow; // [P,E]
  const type = config.type_vocab_size > 0 ? net.parameter('embeddings.token_type_embeddings.weight') : net.zeroRow; // [Y,E]
  return embeddings(batch, { word, position, type }); // [T,E]
}

/** The first layer's input [T,H]. */
export function embed(net: Network, config: EncoderConfig, batch: BatchTensors): Tensor {
  const summed = sumEmbeddings(net, config, batch); // [T,E]
  const normed = net.norm(summed, undefined, 'embeddings.LayerNorm', 0); // [T,E]
  const hidden = net.dropout(normed, config.hidden_dropout_prob); // [T,E]
  return config.embedding_size === config.hidden_size ? hidden : net.dense(hidden, PROJECTION); // [T,H]
}

/** What DeBERTa does beside BERT. */
export interface LayerExtras {
  /** The table of relative positions [R,H], and what a layer's attention makes of it: queries and keys [R,3H]. */
  readonly relative?: { readonly table: Tensor; readonly positions: (layer: number, table: Tensor) => Tensor };
  /** What becomes of the first layer's output [T,H], its input [T,H]; `pick` makes of any [T,H] the rows that the output has. */
  readonly afterFirst?: (output: Tensor, input: Tensor, pick: (x: Tensor) => Tensor) => Tensor;
  /** What the parameters that `afterFirst` uses begin with. */
  readonly firstPrefixes?: readonly string[];
}

/**
 * All layers: hidden [T,H] -> the first token of each row [B,H], which is all that a classification head reads. The last layer
 * therefore takes these rows right behind its attention and runs the rest on [B,H]: the same numbers, with less work.
 * `attentionOutputDropout` is the dropout behind an attention's output layer.
 */
export function encodeFirstTokens(
  net: Network,
  config: EncoderConfig,
  batch: BatchTensors,
  hidden: Tensor,
  attentionOutputDropout: number,
  { relative, afterFirst = (output) => output, firstPrefixes = [] }: LayerExtras = {},
): Tensor {
  for (let index = 0; index < config.num_hidden_layers; index++) {
    const input = hidden;
    const inputs = relative ? [input, relative.table] : [input];
    const prefixes = [layerName(index, ''), ...(index === 0 ? firstPrefixes : [])];
    const body = (...[x, table]: readonly Tensor[]): Tensor => layer(index, x!, table);
    // What backward needs is kept by the ops; all else goes with its layer. The last one's is needed at once: to compute it again saves nothing.
    hidden = index < config.num_hidden_layers - 1 ? net.layer(inputs, prefixes, body) : tidy(() => body(...inputs));
    if (index > 0) input.dispose();
  }
  return hidden;

  function layer(index: number, hidden: Tensor, table: Tensor | undefined): Tensor {
    const dense = (x: Tensor, module: string) => net.dense(x, layerName(index, module));
    const qkv = dense(hidden, 'attention.self.qkv'); // [T,3H]
    const context = net.attention(qkv, batch.offsets, table && relative?.positions(index, table)); // [T,H]
    const isLast = index === config.num_hidden_layers - 1;
    const pick = (x: Tensor): Tensor => (isLast ? takeRows(x, batch.starts) : x); // [T,H], in the last layer [B,H]
    const output = dense(pick(context), BERT_LAYERS.attentionOutput); // [T,H]
    const attended = net.norm(output, pick(hidden), layerName(index, BERT_LAYERS.attentionNorm), attentionOutputDropout); // [T,H]
    const inner = net.dense(attended, layerName(index, BERT_LAYERS.intermediate), config.hidden_act); // [T,F]
    const outer = dense(inner, BERT_LAYERS.output); // [T,H]
    const done = net.norm(outer, attended, layerName(index, BERT_LAYERS.outputNorm), config.hidden_dropout_prob); // [T,H]
    return index === 0 ? afterFirst(done, hidden, pick) : done; // [T,H]
  }
}
