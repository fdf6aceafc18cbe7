/** The live model as a zip that `transformers` loads: weights, config.json, tokenizer files and a model card. */
import type { ExportedTensor } from '../../src/engine/models/classifier.ts';
import { familyOf } from '../../src/engine/models/families.ts';
import type { ModelConfig } from '../../src/engine/models/family.ts';
import type { TrainOutcome } from '../../src/engine/train/trainer.ts';
import { modelCard, type ModelCardFacts } from '../../src/formats/model-card.ts';
import { classifierConfig } from '../../src/formats/model-config.ts';
import { writeSafetensors } from '../../src/formats/safetensors.ts';
import { writeZip, type ZipInput } from '../../src/formats/zip.ts';
import type { ModelFolder } from '../../src/hub/model-folder.ts';
import { countClasses, type ProblemType } from '../../src/lib/targets.ts';
import type { TokenizedDataset } from '../../src/protocol/tokenizer.ts';
import type { ExportedModel, ModelSource, TrainSettings } from '../../src/protocol/trainer.ts';

/** What is known of a run: all of it once it ended, without `outcome` while it is on. */
export interface TrainingRecord {
  readonly settings: TrainSettings;
  readonly data: TokenizedDataset;
  readonly compute: string;
  readonly startedAt: number;
  /** Optimizer steps that the live weights have seen. */
  steps: number;
  evaluation: TrainOutcome['evaluation'];
  outcome: TrainOutcome | null;
}

type Origin = Omit<ModelCardFacts['base'], 'name'>;

/** What the hub wants to know of the model that training began from, by where it came from. */
const ORIGINS: { readonly [Kind in ModelSource['kind']]: Origin } = {
  starter: { licence: 'apache-2.0', language: 'en', hubId: null },
  files: { licence: null, language: null, hubId: null },
};

export interface ModelToPack {
  readonly tensors: readonly ExportedTensor[];
  readonly classes: readonly string[];
  readonly problemType: ProblemType;
  readonly config: ModelConfig;
  readonly folder: ModelFolder;
  readonly from: ModelSource['kind'];
  readonly training: TrainingRecord | null;
}

function text(path: string, content: string): ZipInput {
  return { path, parts: [new TextEncoder().encode(content)], compress: true };
}

function classCounts({ classes, train, validation }: TokenizedDataset) {
  const [trained, validated] = [train, validation].map(({ targets }) => countClasses(targets, classes.length));
  return classes.map((label, c) => ({ label, train: trained?.[c] ?? 0, validation: validated?.[c] ?? 0 }));
}

function cardFacts({ folder, from, training }: ModelToPack): ModelCardFacts {
  const base = { name: folder.name, ...ORIGINS[from] };
  if (!training) return { base, training: null };
  const { settings, data, compute, startedAt, steps, evaluation, outcome } = training;
  return {
    base,
    training: {
      dataset: data.dataset,
      classes: classCounts(data),
      truncatedRows: data.truncatedRows,
      settings: { ...settings },
      steps,
      seconds: outcome?.seconds ?? (performance.now() - startedAt) / 1000,
      compute,
      stoppedEarly: outcome?.outcome !== 'finished',
      evaluation,
    },
  };
}

/** "reviews.csv" on "Starter" -> "reviews-starter.zip". */
function fileName(folder: ModelFolder, training: TrainingRecord | null): string {
  const data = training?.data.dataset.name.replace(/\.[a-z0-9]{1,5}$/i, '');
  const words = [data, folder.name].filter((part) => part !== undefined).join('-');
  const safe = words
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');
  return `${safe || 'model'}.zip`;
}

export async function packModel(model: ModelToPack): Promise<ExportedModel> {
  const { tensors, classes, problemType, config, folder, training } = model;
  const configJson = classifierConfig(folder.config, familyOf(config).architecture, classes, problemType);
  const weights = tensors.map(({ name, shape, data }) => ({ name, shape, data: Float32Array.from(data) }));
  const files: ZipInput[] = [
    text('README.md', modelCard(cardFacts(model))),
    text('config.json', `${JSON.stringify(configJson, null, 2)}\n`),
    text('tokenizer.json', folder.tokenizer.tokenizerJson),
    ...(folder.tokenizer.tokenizerConfigJson === null
      ? []
      : [text('tokenizer_config.json', folder.tokenizer.tokenizerConfigJson)]),
    ...folder.otherFiles.map(({ name, bytes }) => ({ path: name, parts: [bytes], compress: true })),
    { path: 'model.safetensors', parts: writeSafetensors(weights), compress: false },
  ];
  return { fileName: fileName(folder, training), zip: await writeZip(files, new Date()) };
}
