/** The opened model, to start any run from, and the live one, to predict with and to export: made of each other. */
import type { Classifier, ExportedAdapter, ExportedTensor } from '../../src/engine/models/classifier.ts';
import { createClassifier } from '../../src/engine/models/create-classifier.ts';
import { readWeights, type ModelWeights } from '../../src/engine/models/weights.ts';
import { TEXT_PAIR_KEY } from '../../src/formats/model-config.ts';
import type { ModelFolder } from '../../src/hub/model-folder.ts';
import type { ProblemType } from '../../src/lib/targets.ts';
import type { ModelSource } from '../../src/protocol/trainer.ts';
import type { TokenizerFiles } from '../../src/text/types.ts';
import type { Packed, TrainingRecord } from './pack-model.ts';

export interface OpenedModel {
  readonly from: ModelSource;
  readonly folder: ModelFolder;
  readonly weights: ModelWeights;
  readonly tokenizer: TokenizerFiles;
}

/** A classifier on the device, with what it takes to use and export it. */
export interface LiveModel {
  readonly classifier: Classifier;
  readonly classes: readonly string[];
  readonly problemType: ProblemType;
  readonly opened: OpenedModel;
  /** Null for an imported model. */
  readonly training: TrainingRecord | null;
  /** What LoRA learnt, where the classifier has it merged already. */
  readonly adapter: ExportedAdapter | null;
}

/** The opened model as it came, if it came with a head. */
export function asOpened(opened: OpenedModel): LiveModel | null {
  const { classes, config } = opened.weights;
  if (!classes) return null;
  const classifier = createClassifier(opened.weights, { classCount: classes.length, keepClassifier: true, seed: 0 });
  return { classifier, classes, problemType: config.problemType, opened, training: null, adapter: null };
}

/** The live model as it would be after a visit to the disk: its weights read back, on whatever backend is current now. */
export function rebuild(model: LiveModel, exported: readonly ExportedTensor[], adapter: ExportedAdapter | null): LiveModel {
  const tensors = new Map(exported.map((each) => [each.name, each]));
  const find = (name: string) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`no tensor ${name}`);
    return tensor;
  };
  const { classes, problemType } = model;
  const config = { ...model.opened.weights.config, classes, problemType, otherTask: null };
  const weights = readWeights(config, { names: [...tensors.keys()], tensor: find });
  const classifier = createClassifier(weights, { classCount: model.classes.length, keepClassifier: true, seed: 0 });
  return { ...model, classifier, adapter };
}

/** What goes out with its weights, in whatever form. */
export function packedOf({ classes, problemType, opened, training }: LiveModel): Packed {
  const { weights, folder, tokenizer, from } = opened;
  const pairs = training ? training.data.dataset.secondTextColumn !== null : folder.config[TEXT_PAIR_KEY] === true;
  return { classes, problemType, config: weights.config, folder, tokenizer, pairs, from, training };
}

export async function adapterOf({ classifier, adapter }: LiveModel): Promise<ExportedAdapter | null> {
  return adapter ?? (await classifier.exportAdapter());
}
