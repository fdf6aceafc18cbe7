/**
 * Reading a Hugging Face checkpoint into the parameters of bert-parameters.ts: names with and without `bert.`, the old `gamma` and
 * `beta`, query, key and value joined. All that is wrong with a file is said in one Problem. No tensors of tfjs here.
 */
import { plural } from '../../lib/counts.ts';
import { Problem } from '../../lib/problem.ts';
import { bertParameters, sizeOfShape, type ParameterSpec } from './bert-parameters.ts';
import type { BertConfig } from './config.ts';

/** The tensors of a checkpoint, by name, as f32. */
export interface WeightSource {
  readonly names: readonly string[];
  /** Throws when there is no such tensor. */
  tensor(name: string): { readonly shape: readonly number[]; readonly data: Float32Array };
}

export interface BertWeights {
  readonly config: BertConfig;
  /** By parameter name; encoder always, pooler and classifier where the file has them. */
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

/** The name under which the source holds the tensor that is called `stored` today. */
function nameIn(present: ReadonlySet<string>, stored: string): string | undefined {
  const bare = stored.replace(/^bert\./, '');
  const old = (name: string): string =>
    name.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta');
  return [stored, bare, old(stored), old(bare)].find((name) => present.has(name));
}

/** Tensors of other heads and buffers that old checkpoints carry: no part of a classifier, and not wrong. */
function isIgnorable(name: string): boolean {
  return /(^|\.)position_ids$/.test(name) || !/^(bert\.)?(embeddings|encoder|pooler|classifier)\./.test(name);
}

/**
 * Checks and reads a checkpoint. A pooler or classifier that is missing is no error, a new one will be made; a tensor of the encoder that
 * is missing, has another shape, or is one too many is a `Problem`, which lists them all.
 */
export function readBertWeights(config: BertConfig, source: WeightSource): BertWeights {
  const present = new Set(source.names);
  const classifierName = nameIn(present, 'classifier.weight');
  const storedCount = classifierName ? source.tensor(classifierName).shape[0] : undefined;
  const classCount = config.classes?.length ?? storedCount ?? 2;
  const specs = bertParameters(config, classCount);
  const used = new Set<string>();
  const missing: string[] = [];
  const misshapen: string[] = [];
  const values = new Map<string, Float32Array>();
  const absentParts = new Set<string>();

  for (const spec of specs) {
    const value = readParameter(spec);
    if (value) values.set(spec.name, value);
  }

  function readParameter(spec: ParameterSpec): Float32Array | null {
    const pieceShape = [spec.shape[0]! / spec.stored.length, ...spec.shape.slice(1)];
    const pieces: Float32Array[] = [];
    for (const stored of spec.stored) {
      const name = nameIn(present, stored);
      if (name === undefined) {
        if (spec.part === 'encoder') missing.push(stored);
        else absentParts.add(spec.part);
        continue;
      }
      used.add(name);
      const { shape, data } = source.tensor(name);
      if (`${shape}` === `${pieceShape}`) pieces.push(data);
      else misshapen.push(`${name} is [${shape.join(', ')}] and should be [${pieceShape.join(', ')}]`);
    }
    if (pieces.length < spec.stored.length) return null;
    const joined = new Float32Array(sizeOfShape(spec.shape));
    pieces.forEach((piece, i) => joined.set(piece, i * sizeOfShape(pieceShape)));
    return joined;
  }

  const left = source.names.filter((name) => !used.has(name));
  const unexpected = left.filter((name) => !isIgnorable(name));
  const ignored = left.filter(isIgnorable);
  const faults = [
    missing.length > 0 && `${plural(missing.length, 'tensor')} missing: ${list(missing)}`,
    misshapen.length > 0 && `${plural(misshapen.length, 'tensor')} of another shape: ${list(misshapen)}`,
    unexpected.length > 0 && `${plural(unexpected.length, 'tensor')} that the config has no place for: ${list(unexpected)}`,
  ].filter((fault) => fault !== false);
  if (faults.length > 0) {
    throw new Problem({
      where: 'model.safetensors',
      expected: `the ${plural(specs.length, 'parameter')} of the BERT that config.json describes`,
      found: faults.join('; '),
      fix: 'Check that config.json and model.safetensors are of the same model, and that the file was downloaded to its end.',
    });
  }

  for (const part of absentParts) for (const spec of specs) if (spec.part === part) values.delete(spec.name);
  const remarks: string[] = [];
  if (absentParts.has('pooler')) remarks.push('The model has no pooler: a new one is initialised at training.');
  if (absentParts.has('classifier')) remarks.push('The model has no classifier: a new one is initialised at training.');
  if (ignored.length > 0) remarks.push(`${plural(ignored.length, 'tensor')} not used: ${list(ignored)}.`);
  const names = config.classes ?? Array.from({ length: classCount }, (_, index) => `LABEL_${index}`);
  return { config, values, classes: absentParts.has('classifier') ? null : names, remarks };
}
