/** The live model as a zip that `transformers` loads: weights, config.json, tokenizer files and a model card; or LoRA alone, for `peft`. */
import type { ExportedAdapter, ExportedTensor } from '../../src/engine/models/classifier.ts';
import { familyOf } from '../../src/engine/models/families.ts';
import type { ModelConfig } from '../../src/engine/models/family.ts';
import type { TrainOutcome } from '../../src/engine/train/trainer.ts';
import { adapterConfig } from '../../src/formats/adapter-config.ts';
import { modelCard, type ModelCardFacts } from '../../src/formats/model-card.ts';
import { classifierConfig } from '../../src/formats/model-config.ts';
import { writeSafetensors } from '../../src/formats/safetensors.ts';
import type { PackedFile } from '../../src/formats/packed-file.ts';
import { writeZip } from '../../src/formats/zip.ts';
import type { ModelFolder } from '../../src/hub/model-folder.ts';
import { countClasses, type ProblemType } from '../../src/lib/targets.ts';
import type { TokenizedDataset } from '../../src/protocol/tokenizer.ts';
import type { TokenizerFiles } from '../../src/text/types.ts';
import type { ExportedModel, ModelSource, TrainSettings } from '../../src/protocol/trainer.ts';
import type { WhatLearnt } from './what-learnt.ts';

/** What is known of a run: all of it once it ended, without `outcome` while it is on. */
export interface TrainingRecord {
  readonly settings: TrainSettings;
  readonly data: TokenizedDataset;
  readonly compute: string;
  readonly startedAt: number;
  /** Optimizer steps that the live weights have seen. */
  steps: number;
  evaluation: TrainOutcome['evaluation'];
  /** On the test rows, once, after the training. */
  test: TrainOutcome['evaluation'];
  outcome: TrainOutcome | null;
  /** Null where everything learns. */
  readonly learnt: WhatLearnt | null;
}

type Origin = Omit<ModelCardFacts['base'], 'name'>;

/** What the hub wants to know of the model that training began from. */
function originOf(source: ModelSource): Origin {
  switch (source.kind) {
    case 'starter':
      return { licence: 'apache-2.0', language: 'en', hubId: null };
    case 'files':
    case 'run':
    case 'trained':
      return { licence: null, language: null, hubId: null };
    case 'hub':
      return { licence: null, language: null, hubId: source.id };
    default:
      return source satisfies never;
  }
}

export interface Packed {
  readonly classes: readonly string[];
  readonly problemType: ProblemType;
  readonly config: ModelConfig;
  readonly folder: ModelFolder;
  /** The folder's own, or made of its older files, which go out beside it. */
  readonly tokenizer: TokenizerFiles;
  /** Whether its rows are pairs of texts. */
  readonly pairs: boolean;
  readonly from: ModelSource;
  readonly training: TrainingRecord | null;
}

export interface ModelToPack extends Packed {
  readonly tensors: readonly ExportedTensor[];
}

export interface AdapterToPack extends Packed {
  readonly adapter: ExportedAdapter;
}

function text(path: string, content: string): PackedFile {
  return { path, parts: [new TextEncoder().encode(content)], compress: true };
}

function classCounts({ classes, train, validation, test }: TokenizedDataset) {
  const parts = { train, validation, test };
  const countsOf = (part: keyof typeof parts): readonly number[] => countClasses(parts[part].targets, classes.length);
  const counts = { train: countsOf('train'), validation: countsOf('validation'), test: countsOf('test') };
  return classes.map((label, c) => ({
    label,
    train: counts.train[c] ?? 0,
    validation: counts.validation[c] ?? 0,
    test: counts.test[c] ?? 0,
  }));
}

function cardFacts({ folder, from, problemType, pairs, training }: Packed): ModelCardFacts {
  const severalLabels = problemType === 'multi_label_classification';
  const facts = { base: { name: folder.name, ...originOf(from) }, pairs, severalLabels };
  if (!training) return { ...facts, training: null };
  const { settings, data, compute, startedAt, steps, evaluation, test, outcome, learnt } = training;
  const rowsOf = (part: 'train' | 'validation' | 'test'): number => data[part].offsets.length - 1;
  return {
    ...facts,
    training: {
      dataset: data.dataset,
      rows: { train: rowsOf('train'), validation: rowsOf('validation'), test: rowsOf('test') },
      classes: classCounts(data),
      truncatedRows: data.truncatedRows,
      settings: { ...settings },
      steps,
      seconds: outcome?.seconds ?? (performance.now() - startedAt) / 1000,
      compute,
      stoppedEarly: outcome?.outcome !== 'finished',
      evaluation,
      test,
      learnt: learnt && `${learnt.share} learnt: ${learnt.what}`,
    },
  };
}

/** "reviews.csv" on "Starter" -> "reviews-starter". */
function baseName(folder: ModelFolder, training: TrainingRecord | null): string {
  const data = training?.data.dataset.name.replace(/\.[a-z0-9]{1,5}$/i, '');
  const words = [data, folder.name].filter((part) => part !== undefined).join('-');
  const safe = words
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');
  return safe || 'model';
}

function tokenizerFiles({ tokenizer, folder }: Packed): PackedFile[] {
  return [
    text('tokenizer.json', tokenizer.tokenizerJson),
    ...(tokenizer.tokenizerConfigJson === null ? [] : [text('tokenizer_config.json', tokenizer.tokenizerConfigJson)]),
    ...folder.otherFiles.map(({ name, bytes }) => ({ path: name, parts: [bytes], compress: true })),
  ];
}

function weightsFile(path: string, tensors: readonly ExportedTensor[]): PackedFile {
  const weights = tensors.map(({ name, shape, data }) => ({ name, shape, data: Float32Array.from(data) }));
  return { path, parts: writeSafetensors(weights), compress: false };
}

function json(path: string, value: unknown): PackedFile {
  return text(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** The whole model as `transformers` loads it. */
export function modelFiles(model: ModelToPack): readonly PackedFile[] {
  const { tensors, classes, problemType, config, folder, pairs } = model;
  return [
    text('README.md', modelCard(cardFacts(model))),
    json('config.json', classifierConfig(folder.config, familyOf(config).architecture, classes, problemType, pairs)),
    ...tokenizerFiles(model),
    weightsFile('model.safetensors', tensors),
  ];
}

/** What LoRA learnt as `peft` saves it, without the model that it changes. */
export function adapterFiles(model: AdapterToPack): readonly PackedFile[] {
  const { adapter, classes } = model;
  const facts = cardFacts(model);
  const baseModel = facts.base.hubId ?? facts.base.name;
  return [
    text('README.md', modelCard({ ...facts, adapter: { classes } })),
    json('adapter_config.json', adapterConfig({ ...adapter, baseModel })),
    ...tokenizerFiles(model),
    weightsFile('adapter_model.safetensors', adapter.tensors),
  ];
}

export async function packModel(model: ModelToPack): Promise<ExportedModel> {
  return { fileName: `${baseName(model.folder, model.training)}.zip`, zip: await writeZip(modelFiles(model), new Date()) };
}

export async function packAdapter(model: AdapterToPack): Promise<ExportedModel> {
  return { fileName: `${baseName(model.folder, model.training)}-lora.zip`, zip: await writeZip(adapterFiles(model), new Date()) };
}
