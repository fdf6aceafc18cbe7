/**
 * The classification heads of `transformers`' ...ForSequenceClassification: all are a dense layer with an activation and a linear one, with
 * dropout before the second and, in some families, before the first. Ours are named `pooler.dense` and `classifier` in every family.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Activation } from '../ops/contract.ts';
import type { EncoderConfig } from './family.ts';
import type { Network } from './network.ts';
import { denseSpecs, type ParameterSpec } from './parameters.ts';

export interface Head {
  /** Names of the two modules in the file. */
  readonly dense: string;
  readonly output: string;
  readonly activation: Activation;
}

export function headParameters(config: EncoderConfig, classCount: number, head: Head): readonly ParameterSpec[] {
  const H = config.hidden_size;
  return [
    ...denseSpecs('pooler', 'pooler.dense', [H, H], head.dense),
    ...denseSpecs('classifier', 'classifier', [classCount, H], head.output),
  ];
}

/** first [B,H], the encoder's output for the first token of each row -> logits [B,C]. */
export function classify(net: Network, config: EncoderConfig, head: Head, first: Tensor): Tensor {
  const input = net.dropout(first, config.pooler_dropout); // [B,H]
  const pooled = net.dense(input, 'pooler.dense', config.pooler_act ?? head.activation); // [B,H]
  return net.dense(net.dropout(pooled, config.classifier_dropout), 'classifier'); // [B,C]
}
