/**
 * The ops as a forward pass writes them: parameters by name, dropouts numbered in the order in which they are met. Shapes as in
 * ops/contract.ts. What follows what is the families' business.
 */
import { tidy, type Tensor } from '@tensorflow/tfjs-core';
import { addLayerNorm } from '../ops/add-layer-norm/add-layer-norm.ts';
import { attention } from '../ops/attention/attention.ts';
import { checkpoint } from '../ops/checkpoint.ts';
import type { Activation } from '../ops/contract.ts';
import { dropout } from '../ops/dropout/dropout.ts';
import { linear } from '../ops/linear/linear.ts';
import { loraLinear } from '../ops/lora-linear/lora-linear.ts';
import type { EncoderConfig } from './family.ts';
import type { Adapter } from './lora.ts';

export interface Network {
  parameter(name: string): Tensor;
  /** Zeros [1, embedding_size], in the place of a table that the family does not have. */
  readonly zeroRow: Tensor;
  /** Zeros [length], for a linear layer without a bias. */
  zeros(length: number): Tensor;
  /** x [T,K] -> [T,N]. */
  dense(x: Tensor, name: string, activation?: Activation): Tensor;
  /** LayerNorm(dropout(x) + residual), [T,H]. */
  norm(x: Tensor, residual: Tensor | undefined, name: string, dropoutRate: number): Tensor;
  dropout(x: Tensor, rate: number): Tensor;
  /** qkv [T,3H], offsets [B+1] and, with relative positions, relative [R,3H] -> [T,H]. */
  attention(qkv: Tensor, offsets: Tensor, relative?: Tensor): Tensor;
  /**
   * body(...inputs), and what it makes on its way is given back. With checkpointing backward keeps only the inputs of it, and calls it again;
   * it uses the parameters whose names begin with one of `prefixes`, all of them, and no others.
   */
  layer(inputs: readonly Tensor[], prefixes: readonly string[], body: (...inputs: readonly Tensor[]) => Tensor): Tensor;
}

export interface NetworkParts {
  readonly config: EncoderConfig;
  readonly parameter: (name: string) => Tensor;
  readonly zeroRow: Tensor;
  /** Where the family has relative positions: their places for distances up to `reach`. */
  readonly places: { readonly tensor: Tensor; readonly reach: number } | null;
  /** int32 [3] = [seed_lo, seed_hi, step]; not read unless `training`. */
  readonly rng: Tensor;
  /** Whether dropout is on. */
  readonly training: boolean;
  /** LoRA by the name of the linear layer that it stands beside. */
  readonly adapters: ReadonlyMap<string, Adapter>;
  /** Whether `layer` keeps only what comes into it. */
  readonly checkpointing: boolean;
  /** The parameters that learn. */
  readonly learning: readonly { readonly name: string; readonly tensor: Tensor }[];
  /** Frozen zeros of this length, for a linear layer without a bias. */
  readonly zeros: (length: number) => Tensor;
}

/** For one forward pass: the dropouts are counted from 0. */
export function createNetwork(parts: NetworkParts): Network {
  const { config, parameter, zeroRow, places, rng, training, adapters } = parts;
  let stream = 0;
  const drop = (rate: number) => ({ rate: training ? rate : 0, stream: stream++ });
  /** The body's dropouts have the numbers that they had the first time, however often it is called. */
  const repeatable = (body: (...inputs: readonly Tensor[]) => Tensor) => {
    const first = stream;
    return (...inputs: readonly Tensor[]): Tensor => {
      const now = stream;
      stream = first;
      const result = body(...inputs);
      stream = Math.max(now, stream);
      return result;
    };
  };
  return {
    parameter,
    zeroRow,
    zeros: parts.zeros,
    dense(x, name, activation = 'none') {
      const [weight, bias] = [parameter(`${name}.weight`), parameter(`${name}.bias`)]; // [N,K], [N]
      const adapter = adapters.get(name);
      if (!adapter) return linear(x, weight, bias, activation);
      const { scale, slots, specs } = adapter;
      const [down, up] = [parameter(specs[0].name), parameter(specs[1].name)]; // [S·r,K], [S·M,r]
      const [outputs = 0] = down.shape; // S·r
      const low = linear(dropout(x, rng, drop(adapter.dropout)), down, parts.zeros(outputs)); // [T,S·r]
      return loraLinear({ x, low, up }, { weight, bias, attrs: { activation, scale, slots } });
    },
    norm: (x, residual, name, dropoutRate) =>
      addLayerNorm(x, residual, parameter(`${name}.weight`), parameter(`${name}.bias`), rng, {
        eps: config.layer_norm_eps,
        dropout: drop(dropoutRate),
      }),
    dropout: (x, rate) => dropout(x, rng, drop(rate)),
    attention: (qkv, offsets, relative) => {
      const positions = relative && places ? { relative, places: places.tensor, reach: places.reach } : undefined;
      const dropped = drop(config.attention_probs_dropout_prob);
      return attention(qkv, offsets, rng, config.num_attention_heads, dropped, positions, config.score_terms);
    },
    layer(inputs, prefixes, body) {
      if (!parts.checkpointing) return tidy(() => body(...inputs));
      const own = parts.learning.filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
      return checkpoint(
        inputs,
        own.map(({ tensor }) => tensor),
        repeatable(body),
      );
    },
  };
}
