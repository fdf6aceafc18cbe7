/**
 * The families' forward pass on sizes, as models/ has it: encoder.ts, deberta.ts, head.ts. T tokens, B rows, H hidden, E embedding width, F
 * feed-forward, R relative positions. The tests of the estimate hold it against what the real ops allocate.
 */
import { layerName } from '../models/encoder.ts';
import { parameterSpecs } from '../models/families.ts';
import type { ModelConfig } from '../models/family.ts';
import { planLearning, type Learning } from '../models/learning.ts';
import { sizeOfShape, type ParameterSpec } from '../models/parameters.ts';
import { relativeSpan } from '../models/relative-positions.ts';
import { sketchOps } from './op-sketch.ts';
import { StepSketch, type Sketched } from './step-sketch.ts';

export interface SketchOptions {
  readonly learning: Learning;
  readonly classCount: number;
  readonly tokens: number;
  readonly rows: number;
  /** Whether ops keep in 16 bits (fp16). */
  readonly halves: boolean;
  /** Whether dropout is on, and backward follows. */
  readonly training: boolean;
  /** Whether a layer keeps only what comes into it. */
  readonly checkpointing: boolean;
  /** Whether the encoder's output comes as an input. */
  readonly encoded: boolean;
}

export interface SketchedModel {
  readonly sketch: StepSketch;
  readonly logits: Sketched;
}

export interface ParameterCounts {
  readonly all: number;
  readonly learning: number;
  /** Whether something below the head learns. */
  readonly encoderLearns: boolean;
}

/** Numbers in the model's parameters, LoRA's among them. */
export function countParameters(config: ModelConfig, classCount: number, learning: Learning): ParameterCounts {
  const { specs, learns, added } = plan(config, classCount, learning);
  const learningSpecs = [...specs.filter(learns), ...added];
  const count = (some: readonly ParameterSpec[]): number => some.reduce((sum, { shape }) => sum + sizeOfShape(shape), 0);
  return {
    all: count(specs) + count(added),
    learning: count(learningSpecs),
    encoderLearns: learningSpecs.some(({ part }) => part === 'encoder'),
  };
}

function plan(config: ModelConfig, classCount: number, learning: Learning) {
  const specs = parameterSpecs(config, classCount);
  const { learns, adapters } = planLearning(learning, config, specs, new Set());
  return { specs, learns, adapters, added: [...adapters.values()].flatMap((adapter) => adapter.specs) };
}

/** Forward up to the logits. */
export function sketchForward(config: ModelConfig, options: SketchOptions): SketchedModel {
  const { tokens: T, rows: B, classCount: C, training, checkpointing, encoded, learning } = options;
  const { hidden_size: H, embedding_size: E, intermediate_size: F, num_hidden_layers: L, relative, conv } = config;
  const { specs, learns, adapters, added } = plan(config, C, learning);
  const sketch = new StepSketch(options.halves);
  const named = new Map<string, Sketched>();
  for (const spec of specs) named.set(spec.name, sketch.given(training && learns(spec), sizeOfShape(spec.shape)));
  for (const { name, shape } of added) named.set(name, sketch.given(training, sizeOfShape(shape)));
  const absent = sketch.given(false);
  const parameter = (name: string): Sketched => named.get(name) ?? absent;
  const ops = sketchOps({ sketch, parameter, adapters, heads: config.num_attention_heads, training });
  const { linear, dense, dropout, norm, attention, map } = ops;
  const rate = config.hidden_dropout_prob;
  const R = relative ? 2 * relativeSpan(relative) : 0;

  const embed = (): Sketched => {
    const tables = ['word', 'position', 'token_type'].map((kind) => `embeddings.${kind}_embeddings.weight`);
    const summed = ops.embeddings(tables.filter((name) => named.has(name)).map(parameter), T, E);
    if (config.model_type === 'deberta-v2') {
      const wide = E === H ? summed : linear(summed, [E, H], 'embeddings.embed_proj');
      return dropout(norm(wide, undefined, H, 'embeddings.LayerNorm', 0), rate);
    }
    const dropped = dropout(norm(summed, undefined, E, 'embeddings.LayerNorm', 0), rate);
    return E === H ? dropped : dense(dropped, [E, H], 'embeddings_project');
  };

  const relativeTable = (): Sketched | undefined => {
    if (!relative) return undefined;
    const table = parameter('encoder.rel_embeddings.weight');
    return relative.layer_norm ? norm(table, undefined, H, 'encoder.LayerNorm', 0) : table;
  };
  const positionsOf = (layer: number, table: Sketched): Sketched => {
    const dropped = dropout(table, rate);
    const { shared = false, c2p = false, p2c = false } = relative ?? {};
    const both = c2p && p2c;
    if (shared && both) return dense(dropped, [H, 3 * H], layerName(layer, 'attention.self.qkv'));
    const made = shared
      ? dense(dropped, [H, 3 * H], layerName(layer, 'attention.self.qkv'))
      : dense(dropped, [H, both ? 2 * H : H], layerName(layer, 'attention.self.positions'));
    return map(made, 3 * R * H);
  };
  const convolve = (input: Sketched, size: number): Sketched => {
    const sums = dense(map(input, T * H * size), [H * size, H], 'encoder.conv.conv');
    return ops.activate(dropout(sums, rate));
  };

  const layer = (index: number, hidden: Sketched, table: Sketched | undefined): Sketched => {
    const of = (module: string): string => layerName(index, module);
    const pick = (x: Sketched): Sketched => (index === L - 1 ? map(x, B * H) : x);
    const qkv = dense(hidden, [H, 3 * H], of('attention.self.qkv'));
    const context = attention(qkv, table && positionsOf(index, table), T);
    const output = dense(pick(context), [H, H], of('attention.output.dense'));
    const behindAttention = config.model_type === 'distilbert' ? 0 : rate;
    const attended = norm(output, pick(hidden), H, of('attention.output.LayerNorm'), behindAttention);
    const inner = dense(attended, [H, F], of('intermediate.dense'), config.hidden_act);
    const outer = dense(inner, [F, H], of('output.dense'));
    const done = norm(outer, attended, H, of('output.LayerNorm'), rate);
    return index === 0 && conv ? norm(pick(convolve(hidden, conv.size)), done, H, 'encoder.conv.LayerNorm', 0) : done;
  };

  const encode = (): Sketched => {
    let hidden = embed();
    const table = relativeTable();
    for (let index = 0; index < L; index++) {
      const input = hidden;
      const body = (): Sketched => layer(index, input, table);
      const isChecked = checkpointing && index < L - 1;
      hidden = isChecked ? sketch.checkpoint(table ? [input, table] : [input], body) : sketch.tidy(body);
      if (index > 0) sketch.dispose(input);
    }
    return hidden;
  };

  const first = encoded ? sketch.given(false, B * H) : encode();
  const pooled = dense(dropout(first, config.pooler_dropout), [H, H], 'pooler.dense', 'tanh');
  return { sketch, logits: dense(dropout(pooled, config.classifier_dropout), [H, C], 'classifier') };
}
