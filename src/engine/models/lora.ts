/**
 * LoRA (Hu et al. 2021) as peft has it for TaskType.SEQ_CLS: which linear layers get matrices A [r,K] and B [M,r], their names and first
 * values, what is trained whole beside them, and W + (alpha/r)·B·A for an export. Query, key and value are one layer here: their A are
 * joined to [S·r,K] and their B to [S·M,r], S of the three having one, and they share one dropout of their input, where peft draws one each.
 * Not here: rank and alpha by module, DoRA, rsLoRA, biases.
 */
import { Problem } from '../../lib/problem.ts';
import type { Random } from '../../lib/random.ts';
import type { LearningPlan } from './learning.ts';
import { sizeOfShape, type ParameterPart, type ParameterSpec } from './parameters.ts';

/** Modules that get LoRA, by the ends of Hugging Face's names; 'auto': query and value of the attention, as peft chooses. */
export type LoraTargets = 'auto' | 'all-linear' | readonly string[];

/** peft's `LoraConfig`. */
export interface LoraSettings {
  readonly r: number;
  readonly alpha: number;
  readonly dropout: number;
  readonly targets: LoraTargets;
}

/** LoRA beside one of our linear layers of N = parts · M outputs. */
export interface Adapter {
  /** The parameters A [S·r,K] and B [S·M,r]. */
  readonly specs: readonly [down: ParameterSpec, up: ParameterSpec];
  /** Which A and B each stored module of the layer has, -1: none. */
  readonly slots: readonly number[];
  readonly r: number;
  /** alpha / r. */
  readonly scale: number;
  readonly dropout: number;
}

/** What peft trains whole for SEQ_CLS: every module whose name ends so ("pre_classifier" too). */
const HEADS = ['classifier', 'score'];
/** A head's dense layer that the file does not have must be trained and saved with the adapter: the base has none. */
const POOLER = 'pooler';

const WEIGHT = '.weight';

function withoutWeight(name: string): string {
  return name.slice(0, -WEIGHT.length);
}

/** Whether a tensor lies in a module whose name ends with one of these. */
function isIn(stored: string, modules: readonly string[]): boolean {
  const path = stored.split('.').slice(0, -1);
  const inside = path.map((_, depth) => path.slice(0, depth + 1).join('.'));
  return inside.some((module) => modules.some((end) => module.endsWith(end)));
}

/** Weights of linear layers: matrices with a bias. */
function isLinear(spec: ParameterSpec, names: ReadonlySet<string>): boolean {
  return spec.name.endsWith(WEIGHT) && spec.shape.length === 2 && names.has(`${withoutWeight(spec.name)}.bias`);
}

/** peft's rule: the whole name of a module or what follows one of its dots. */
function isNamed(module: string, target: string): boolean {
  return module === target || module.endsWith(`.${target}`);
}

const ATTENTION = 'attention.self.qkv.weight';

function isTarget(spec: ParameterSpec, module: string, part: number, targets: LoraTargets): boolean {
  if (targets === 'all-linear') return true;
  if (targets === 'auto') return spec.name.endsWith(ATTENTION) && part !== 1;
  return targets.some((target) => isNamed(module, target));
}

/** Throws `Problem` for a target that is none of the model's linear layers. */
export function planLora(
  { r, alpha, dropout, targets }: LoraSettings,
  specs: readonly ParameterSpec[],
  fresh: ReadonlySet<ParameterPart>,
): LearningPlan {
  const modulesToSave = fresh.has('pooler') && !specs.some(isSavedPooler) ? [...HEADS, POOLER] : HEADS;
  const learns = ({ stored }: ParameterSpec): boolean => isIn(stored[0]!, modulesToSave);
  const names = new Set(specs.map(({ name }) => name));
  const linears = specs.filter((spec) => isLinear(spec, names) && !learns(spec));
  checkTargets(
    targets,
    linears.flatMap(({ stored }) => stored.map(withoutWeight)),
  );
  const adapters = new Map<string, Adapter>();
  for (const spec of linears) {
    const modules = spec.stored.map(withoutWeight);
    const chosen = modules.filter((module, part) => isTarget(spec, module, part, targets));
    if (chosen.length === 0) continue;
    const [N = 0, K = 0] = spec.shape;
    const own = (kind: 'A' | 'B', shape: readonly number[]): ParameterSpec => ({
      name: loraName(withoutWeight(spec.name), kind),
      shape,
      part: spec.part,
      decay: true,
      stored: chosen.map((module) => loraName(module, kind)),
    });
    adapters.set(withoutWeight(spec.name), {
      specs: [own('A', [chosen.length * r, K]), own('B', [(chosen.length * N) / modules.length, r])],
      slots: modules.map((module) => chosen.indexOf(module)),
      r,
      scale: alpha / r,
      dropout,
    });
  }
  return { learns, adapters, modulesToSave };
}

/** Whether the dense layer in front of the classifier is trained whole anyway, being called after it. */
function isSavedPooler({ part, stored }: ParameterSpec): boolean {
  return part === 'pooler' && isIn(stored[0]!, HEADS);
}

/** The parameter A or B beside a linear layer, ours or peft's. */
export function loraName(module: string, kind: 'A' | 'B'): string {
  return `${module}.lora_${kind}${WEIGHT}`;
}

/** "bert.encoder.layer.3.output.dense" -> "output.dense": what modules of all layers have in common. */
function withoutLayer(module: string): string {
  return module.replace(/^.*\blayer\.\d+\./, '');
}

function checkTargets(targets: LoraTargets, modules: readonly string[]): void {
  if (typeof targets === 'string') return;
  const unknown = targets.filter((target) => !modules.some((module) => isNamed(module, target)));
  if (unknown.length === 0) return;
  throw new Problem({
    where: 'Setting lora_target_modules',
    expected: `ends of ${[...new Set(modules.map(withoutLayer))].join(', ')}`,
    found: unknown.join(', '),
    fix: 'Choose modules that this model has, "auto" or "all-linear".',
  });
}

/** `target_modules` as adapter_config.json has it: ends of names that mean these modules and no others of the model. */
export function targetModules(targets: LoraTargets, adapters: ReadonlyMap<string, Adapter>): readonly string[] {
  if (typeof targets !== 'string') return targets;
  const modules = [...adapters.values()].flatMap(({ specs: [down] }) =>
    down.stored.map((name) => name.replace('.lora_A.weight', '')),
  );
  return [...new Set(modules.map(withoutLayer))];
}

/** torch's kaiming_uniform_ with a = √5, as nn.Linear: uniform within ±1/√K for A [S·r,K]; zeros for B. */
export function initialLora({ name, shape }: ParameterSpec, random: Random): Float32Array {
  const values = new Float32Array(sizeOfShape(shape));
  if (name.endsWith(loraName('', 'B'))) return values;
  const bound = 1 / Math.sqrt(shape[1]!);
  return values.map(() => (2 * random.uniform() - 1) * bound);
}

/** W + (alpha/r)·B·A in f64: `weight` [N,K] changed in place, A [S·r,K], B [S·M,r]. */
export function mergeLora(
  weight: Float32Array,
  down: ArrayLike<number>,
  up: ArrayLike<number>,
  { slots, r, scale, specs: [{ shape }] }: Adapter,
): void {
  const K = shape[1]!;
  const M = weight.length / K / slots.length;
  slots.forEach((slot, part) => {
    if (slot < 0) return;
    for (let m = 0; m < M; m++) {
      for (let k = 0; k < K; k++) {
        let sum = 0;
        for (let j = 0; j < r; j++) sum += up[(slot * M + m) * r + j]! * down[(slot * r + j) * K + k]!;
        weight[(part * M + m) * K + k]! += scale * sum;
      }
    }
  });
}
