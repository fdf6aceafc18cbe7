/** The families that the engine knows, by `model_type`. One is added by its file and its line here. */
import { bert } from './bert.ts';
import { debertaV2 } from './deberta.ts';
import { distilbert } from './distilbert.ts';
import { electra } from './electra.ts';
import type { Family, ModelConfig, ModelType } from './family.ts';
import type { ParameterSpec } from './parameters.ts';
import { roberta, xlmRoberta } from './roberta.ts';

export const FAMILIES: { readonly [Type in ModelType]: Family } = {
  bert,
  'deberta-v2': debertaV2,
  distilbert,
  electra,
  roberta,
  'xlm-roberta': xlmRoberta,
};

export function isModelType(value: unknown): value is ModelType {
  return typeof value === 'string' && Object.hasOwn(FAMILIES, value);
}

export function familyOf({ model_type }: ModelConfig): Family {
  return FAMILIES[model_type];
}

/** Every parameter of the model in the order of the network. */
export function parameterSpecs(config: ModelConfig, classCount: number): readonly ParameterSpec[] {
  return familyOf(config).parameters(config, classCount);
}
