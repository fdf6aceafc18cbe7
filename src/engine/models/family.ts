/**
 * What a family of encoders is to the rest of the engine: how its config.json is read, which parameters it has and under which names
 * they are stored, and its forward pass. The families themselves are one file each, listed in families.ts.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ProblemType } from '../../lib/targets.ts';
import type { Activation } from '../ops/contract.ts';
import type { BatchTensors } from './classifier.ts';
import type { ConfigReader } from './config-reader.ts';
import type { Head } from './head.ts';
import type { Network } from './network.ts';
import type { ParameterSpec } from './parameters.ts';
import type { RelativeConfig } from './relative-positions.ts';

/** `model_type` in config.json. */
export type ModelType = 'bert' | 'deberta-v2' | 'distilbert' | 'electra' | 'roberta' | 'xlm-roberta';

/** The shape of an encoder under BERT's keys, whatever its family calls them. */
export interface EncoderConfig {
  readonly vocab_size: number;
  /** Width of the embeddings; where it is not `hidden_size`, a projection follows them. */
  readonly embedding_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly hidden_act: Activation;
  readonly hidden_dropout_prob: number;
  readonly attention_probs_dropout_prob: number;
  /** Dropouts of the classification head, in front of its dense layer and of its last one. */
  readonly pooler_dropout: number;
  readonly classifier_dropout: number;
  /** Positions that tokens can have, from 0. */
  readonly max_position_embeddings: number;
  /** Whether the embeddings have a table of positions. */
  readonly position_biased_input: boolean;
  /** The position of a row's first token. */
  readonly position_offset: number;
  /** Relative positions in the attention, null where there are none. */
  readonly relative: RelativeConfig | null;
  /** Scores are divided by √(this · head size): 1, and one more for each kind of relative positions that DeBERTa's config names. */
  readonly score_terms: number;
  /** DeBERTa-v2's convolution beside the first layer, null where there is none. */
  readonly conv: { readonly size: number; readonly activation: Activation } | null;
  /** The activation of the head's dense layer where config.json may choose it, else null. */
  readonly pooler_act: Activation | null;
  /** 0: the family has no token types. */
  readonly type_vocab_size: number;
  readonly initializer_range: number;
  readonly layer_norm_eps: number;
}

export interface ModelConfig extends EncoderConfig {
  readonly model_type: ModelType;
  /** What its classifier was trained for: one class a text unless config.json says otherwise. */
  readonly problemType: ProblemType;
  /** Class names in the order of their index, null when config.json names none. */
  readonly classes: readonly string[] | null;
  /** The architecture that config.json names where its head is for another task ("BertForTokenClassification"), else null. */
  readonly otherTask: string | null;
  /** config.json as it came. */
  readonly source: Readonly<Record<string, unknown>>;
}

export interface Family {
  /** The class of `transformers` that loads an export. */
  readonly architecture: string;
  /** What stands before the encoder's names in a file with a head: "bert."; files without a head may leave it out. */
  readonly prefix: string;
  /** Throws `Problem` naming the key. */
  readConfig(keys: ConfigReader): EncoderConfig;
  /** Every parameter in the order of the network. */
  parameters(config: EncoderConfig, classCount: number): readonly ParameterSpec[];
  readonly head: Head;
  /** The encoder's output [B,H] for the first token of each row, which is all that the head reads. */
  encode(net: Network, config: EncoderConfig, batch: BatchTensors): Tensor;
}
