/**
 * A Hugging Face config.json, checked: its family by `model_type`, the keys and defaults of the family's configuration in `transformers`.
 * What the engine cannot compute (another family, a decoder, relative positions, a regression) is refused by the name of its key.
 */
import { Problem } from '../../lib/problem.ts';
import type { ProblemType } from '../../lib/targets.ts';
import { CONFIG_FIX, configProblem, createConfigReader } from './config-reader.ts';
import { FAMILIES, isModelType } from './families.ts';
import type { ModelConfig, ModelType } from './family.ts';

type Json = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Class names from `id2label`, whose keys must be 0 .. C-1 in any order. */
function readClasses({ id2label }: Json): readonly string[] | null {
  if (id2label === undefined || id2label === null) return null;
  const expected = 'an object from 0, 1, ... to class names';
  if (!isRecord(id2label)) throw configProblem('id2label', expected, id2label);
  return Object.keys(id2label).map((_, index) => {
    const name = id2label[index];
    if (typeof name !== 'string') throw configProblem('id2label', expected, id2label);
    return name;
  });
}

/** The architecture of another task's head: its `classifier`, if there is one, does not classify texts. */
function readOtherTask({ architectures }: Json): string | null {
  const [name] = Array.isArray(architectures) ? (architectures as unknown[]) : [];
  return typeof name === 'string' && name.includes('For') && !name.endsWith('ForSequenceClassification') ? name : null;
}

const PROBLEM_TYPES: readonly ProblemType[] = ['single_label_classification', 'multi_label_classification'];
export const NO_REGRESSION =
  'Tabtune trains classifiers, no regressions: choose a model with classes, or the encoder that this one was made from.';

function readProblemType({ problem_type }: Json): ProblemType {
  const found = PROBLEM_TYPES.find((type) => type === (problem_type ?? PROBLEM_TYPES[0]));
  if (found) return found;
  const expected = PROBLEM_TYPES.map((type) => JSON.stringify(type)).join(' or ');
  throw configProblem('problem_type', expected, problem_type, problem_type === 'regression' ? NO_REGRESSION : undefined);
}

/** `model_type`, or what `architectures` says of it where it is missing, as in checkpoints from before it was written. */
function readModelType({ model_type, architectures }: Json): ModelType {
  if (isModelType(model_type)) return model_type;
  const [name] = Array.isArray(architectures) ? (architectures as unknown[]) : [];
  const types = Object.keys(FAMILIES).filter(isModelType);
  const stemOf = (type: ModelType): string => FAMILIES[type].architecture.replace(/For.*/, '');
  const told = model_type === undefined && typeof name === 'string' ? name.replace(/(For[A-Z]|Model$).*/, '') : null;
  const inferred = types.find((type) => stemOf(type) === told);
  if (inferred) return inferred;
  throw configProblem('model_type', `one of ${types.join(', ')}`, model_type);
}

/** Reads the parsed JSON of a config.json. Throws `Problem` naming the key. */
export function parseConfig(json: unknown): ModelConfig {
  if (!isRecord(json)) {
    const found = Array.isArray(json) ? 'a list' : typeof json;
    throw new Problem({ where: 'config.json', expected: 'an object', found, fix: CONFIG_FIX });
  }
  const model_type = readModelType(json);
  const problemType = readProblemType(json);
  const keys = createConfigReader(json);
  keys.only('is_decoder', false);
  keys.only('add_cross_attention', false);
  const encoder = FAMILIES[model_type].readConfig(keys);
  return { model_type, ...encoder, problemType, classes: readClasses(json), otherTask: readOtherTask(json), source: json };
}
