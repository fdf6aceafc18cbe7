/**
 * What of a model learns: everything; the last layers of the encoder and the head; the head alone; or LoRA's matrices beside frozen linear
 * layers, with what peft's SEQ_CLS trains whole. Which parameters these are follows from tables; nothing here computes.
 *
 * The head is the classifier with the dense layer in front of it, in every family (BERT's pooler, which peft and `model.base_model` count to
 * the encoder, too). DeBERTa's table of relative positions belongs to the embeddings: with the last layers it stays frozen.
 */
import { Problem } from '../../lib/problem.ts';
import type { EncoderConfig } from './family.ts';
import { planLora, type Adapter, type LoraSettings } from './lora.ts';
import type { ParameterPart, ParameterSpec } from './parameters.ts';

export type Learning =
  | { readonly kind: 'all' }
  /** The last `layers` of the encoder, from 1, and the head. */
  | { readonly kind: 'last'; readonly layers: number }
  | { readonly kind: 'head' }
  | ({ readonly kind: 'lora' } & LoraSettings);

export interface LearningPlan {
  readonly learns: (spec: ParameterSpec) => boolean;
  /** LoRA's matrices by the name of the linear layer that they stand beside. */
  readonly adapters: ReadonlyMap<string, Adapter>;
  /** Modules that learn whole beside LoRA, as adapter_config.json names them. */
  readonly modulesToSave: readonly string[];
}

/** "encoder.layer.3.output.dense.bias" -> 3; -1 for what is in no layer. */
function layerOf(name: string): number {
  return Number(/^encoder\.layer\.(\d+)\./.exec(name)?.[1] ?? -1);
}

/**
 * `specs` are the model's, `fresh` the parts that its file does not have. Throws `Problem` for more layers than there are and for target
 * modules that the model has not.
 */
export function planLearning(
  learning: Learning,
  config: EncoderConfig,
  specs: readonly ParameterSpec[],
  fresh: ReadonlySet<ParameterPart>,
): LearningPlan {
  const plain = { adapters: new Map<string, Adapter>(), modulesToSave: [] };
  switch (learning.kind) {
    case 'all':
      return { ...plain, learns: () => true };
    case 'head':
      return { ...plain, learns: ({ part }) => part !== 'encoder' };
    case 'last': {
      const { num_hidden_layers: count } = config;
      if (learning.layers > count) throw tooManyLayers(learning.layers, count);
      return { ...plain, learns: ({ part, name }) => part !== 'encoder' || layerOf(name) >= count - learning.layers };
    }
    case 'lora':
      return planLora(learning, specs, fresh);
  }
}

function tooManyLayers(asked: number, count: number): Problem {
  return new Problem({
    where: 'Setting train_last_layers',
    expected: `at most ${count}, the layers of this model`,
    found: String(asked),
    fix: 'Let fewer layers learn, or set train_layers to all.',
  });
}
