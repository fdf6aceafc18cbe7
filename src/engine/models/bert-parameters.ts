/**
 * The parameters of a BERT classifier as a table: our name, the shape, and which Hugging Face tensors they are made of. Loading, export,
 * weight decay and counting all read this table; it computes nothing.
 */
import type { BertConfig } from './config.ts';

export type ParameterPart = 'encoder' | 'pooler' | 'classifier';

export interface ParameterSpec {
  /** Hugging Face's name without `bert.`; "...self.qkv..." where query, key and value are joined. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly part: ParameterPart;
  /** Weight decay: none on biases and LayerNorm, as transformers' Trainer. */
  readonly decay: boolean;
  /** Names in the file that BertForSequenceClassification writes; several are joined along the first axis, in this order. */
  readonly stored: readonly string[];
}

/** Every parameter in the order of the network. H hidden, F feed-forward, V vocabulary, P positions, Y types, C classes. */
export function bertParameters(config: BertConfig, classCount: number): readonly ParameterSpec[] {
  const H = config.hidden_size;
  const F = config.intermediate_size;
  const specs: ParameterSpec[] = [];
  const push = (part: ParameterPart, name: string, shape: readonly number[], stored = [name]): void => {
    const prefix = part === 'classifier' ? '' : 'bert.';
    const decay = !name.endsWith('.bias') && !name.includes('LayerNorm');
    specs.push({ name, shape, part, decay, stored: stored.map((each) => prefix + each) });
  };
  const norm = (name: string): void => {
    push('encoder', `${name}.weight`, [H]);
    push('encoder', `${name}.bias`, [H]);
  };
  const dense = (part: ParameterPart, name: string, outputs: number, inputs: number): void => {
    push(part, `${name}.weight`, [outputs, inputs]);
    push(part, `${name}.bias`, [outputs]);
  };

  push('encoder', 'embeddings.word_embeddings.weight', [config.vocab_size, H]);
  push('encoder', 'embeddings.position_embeddings.weight', [config.max_position_embeddings, H]);
  push('encoder', 'embeddings.token_type_embeddings.weight', [config.type_vocab_size, H]);
  norm('embeddings.LayerNorm');
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const at = `encoder.layer.${layer}`;
    const self = `${at}.attention.self`;
    const joined = (kind: string): string[] => ['query', 'key', 'value'].map((part) => `${self}.${part}.${kind}`);
    push('encoder', `${self}.qkv.weight`, [3 * H, H], joined('weight'));
    push('encoder', `${self}.qkv.bias`, [3 * H], joined('bias'));
    dense('encoder', `${at}.attention.output.dense`, H, H);
    norm(`${at}.attention.output.LayerNorm`);
    dense('encoder', `${at}.intermediate.dense`, F, H);
    dense('encoder', `${at}.output.dense`, H, F);
    norm(`${at}.output.LayerNorm`);
  }
  dense('pooler', 'pooler.dense', H, H);
  dense('classifier', 'classifier', classCount, H);
  return specs;
}

/** How many numbers a shape holds. */
export function sizeOfShape(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/**
 * Floating point operations of one training step over rows of these lengths, counting real tokens only: 3 times the forward's,
 * matmuls only; for F = 4H it is ENGINE.md's 72·L·B·S·H²·(1 + S/(6H)). It is a nominal figure: the last layer, which
 * computes only the first token of each row behind its attention, does less.
 */
export function trainingStepFlops(config: BertConfig, rowLengths: Iterable<number>): number {
  const { hidden_size: H, intermediate_size: F, num_hidden_layers: L } = config;
  let flops = 0;
  for (const S of rowLengths) flops += S * (24 * H * H + 12 * H * F) + 12 * S * S * H;
  return L * flops;
}
