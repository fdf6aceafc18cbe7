/**
 * Reading a Hugging Face checkpoint into the parameters of a model: names with and without the family's prefix, the old `gamma` and
 * `beta`, query, key and value joined. All that is wrong with a file is said in one Problem. No tensors of tfjs here.
 */
import { plural } from '../../lib/counts.ts';
import { Problem } from '../../lib/problem.ts';
import { NO_REGRESSION } from './config.ts';
import { familyOf, parameterSpecs } from './families.ts';
import type { ModelConfig } from './family.ts';
import { sizeOfShape, storedShape, type ParameterPart, type ParameterSpec } from './parameters.ts';

/** The tensors of a checkpoint, by name, as f32. */
export interface WeightSource {
  readonly names: readonly string[];
  /** Throws when there is no such tensor. */
  tensor(name: string): { readonly shape: readonly number[]; readonly data: Float32Array };
}

export interface ModelWeights {
  readonly config: ModelConfig;
  /** By parameter name; encoder always, the head's two layers where the file has them. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Class names of the stored classifier, null when the file has none. */
  readonly classes: readonly string[] | null;
  /** Things to know: tensors that were not used, parts that will be new. */
  readonly remarks: readonly string[];
}

/** At most this many names in a message. */
const LISTED = 6;

function list(names: readonly string[]): string {
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  return names.slice(0, LISTED).join(', ') + more;
}

function withoutPrefix(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/** How checkpoints of TensorFlow's days call a LayerNorm's weight and bias. */
function oldName(name: string): string {
  return name.replace(/(layer_?norm)\.weight$/i, '$1.gamma').replace(/(layer_?norm)\.bias$/i, '$1.beta');
}

/** The name under which the source holds the tensor that is called `stored` today. */
function nameIn(present: ReadonlySet<string>, stored: string, prefix: string): string | undefined {
  const bare = withoutPrefix(stored, prefix);
  return [stored, bare, oldName(stored), oldName(bare)].find((name) => present.has(name));
}

/** "bert.encoder.layer.0..." -> "encoder". */
function moduleOf(name: string, prefix: string): string {
  return withoutPrefix(name, prefix).split('.', 1)[0] ?? '';
}

/** What old checkpoints carry and transformers ignores too: a buffer, and a table of positions that the model does not use. */
function isLeftover(name: string, config: ModelConfig): boolean {
  return /(^|\.)position_ids$/.test(name) || (!config.position_biased_input && /(^|\.)position_embeddings\.weight$/.test(name));
}

/**
 * Checks and reads a checkpoint. A head that is missing is no error, a new one will be made, and heads of other tasks are left alone; a
 * tensor of the encoder that is missing, has another shape, or is one too many is a `Problem`, which lists them all.
 */
export function readWeights(config: ModelConfig, source: WeightSource): ModelWeights {
  const { prefix } = familyOf(config);
  const present = new Set(source.names);
  const find = ({ part }: ParameterSpec, stored: string): string | undefined =>
    part === 'classifier' && config.otherTask !== null ? undefined : nameIn(present, stored, prefix);

  const classNames = config.otherTask === null ? config.classes : null;
  const classCount = classNames?.length ?? storedClassCount() ?? 2;
  const specs = parameterSpecs(config, classCount);
  const used = new Set<string>();
  const missing: string[] = [];
  const misshapen: string[] = [];
  const values = new Map<string, Float32Array>();
  const incomplete = new Set<ParameterPart>();
  for (const spec of specs) {
    const value = readParameter(spec);
    if (value) values.set(spec.name, value);
  }

  function storedClassCount(): number | undefined {
    const weight = parameterSpecs(config, 1).find(({ part }) => part === 'classifier');
    const name = weight && find(weight, weight.stored[0]!);
    return name === undefined ? undefined : source.tensor(name).shape[0];
  }

  function readParameter(spec: ParameterSpec): Float32Array | null {
    const shape = storedShape(spec);
    const pieces: Float32Array[] = [];
    for (const stored of spec.stored) {
      const name = find(spec, stored);
      if (name === undefined) {
        if (spec.part === 'encoder') missing.push(stored);
        else incomplete.add(spec.part);
        continue;
      }
      used.add(name);
      const piece = source.tensor(name);
      if (`${piece.shape}` === `${shape}`) pieces.push(piece.data);
      else misshapen.push(`${name} is [${piece.shape.join(', ')}] and should be [${shape.join(', ')}]`);
    }
    if (pieces.length < spec.stored.length) return null;
    const joined = new Float32Array(sizeOfShape(spec.shape));
    pieces.forEach((piece, i) => joined.set(piece, i * sizeOfShape(shape)));
    return joined;
  }

  const encoderModules = new Set(
    specs.flatMap(({ part, stored }) => (part === 'encoder' ? stored.map((name) => moduleOf(name, prefix)) : [])),
  );
  const isOfEncoder = (name: string): boolean => !isLeftover(name, config) && encoderModules.has(moduleOf(name, prefix));
  const left = source.names.filter((name) => !used.has(name));
  const unexpected = left.filter(isOfEncoder);
  const faults = [
    missing.length > 0 && `${plural(missing.length, 'tensor')} missing: ${list(missing)}`,
    misshapen.length > 0 && `${plural(misshapen.length, 'tensor')} of another shape: ${list(misshapen)}`,
    unexpected.length > 0 && `${plural(unexpected.length, 'tensor')} that the config has no place for: ${list(unexpected)}`,
  ].filter((fault) => fault !== false);
  if (faults.length > 0) {
    throw new Problem({
      where: 'The weights',
      expected: `the ${plural(specs.length, 'parameter')} of the ${config.model_type} that config.json describes`,
      found: faults.join('; '),
      fix: 'Check that config.json and the weights are of the same model, and that the file was downloaded to its end.',
    });
  }

  for (const { name, part } of specs) if (incomplete.has(part)) values.delete(name);
  const hasClassifier = !incomplete.has('classifier');
  if (hasClassifier && classCount < 2) throw oneClass();
  return {
    config,
    values,
    classes: hasClassifier ? (classNames ?? Array.from({ length: classCount }, (_, index) => `LABEL_${index}`)) : null,
    remarks: [...newHeadRemarks(config, specs, incomplete), ...unusedRemarks(config, left)],
  };
}

function oneClass(): Problem {
  return new Problem({
    where: 'config.json, id2label',
    expected: 'two classes or more',
    found: 'a classifier of one class, which transformers trains as a regression',
    fix: NO_REGRESSION,
  });
}

function newHeadRemarks(
  config: ModelConfig,
  specs: readonly ParameterSpec[],
  incomplete: ReadonlySet<ParameterPart>,
): readonly string[] {
  if (incomplete.size === 0) return [];
  const { prefix } = familyOf(config);
  const modules = specs
    .filter(({ part, name }) => incomplete.has(part) && name.endsWith('.weight'))
    .map(({ stored }) => withoutPrefix(stored[0]!, prefix).replace(/\.weight$/, ''));
  const how = `normal, standard deviation ${config.initializer_range}, from the seed`;
  const what = modules.length === 1 ? 'a new one is' : 'new ones are';
  return [`The model has no ${modules.join(' and no ')}: ${what} initialised at training (${how}).`];
}

function unusedRemarks({ otherTask }: ModelConfig, unused: readonly string[]): readonly string[] {
  if (unused.length === 0) return [];
  const whose = otherTask === null ? '' : ` (config.json says ${otherTask})`;
  return [`${plural(unused.length, 'tensor')} not used: ${list(unused)}${whose}.`];
}
