/**
 * README.md of an exported model, as the Hugging Face hub reads it: YAML front matter, what the model was trained on and how, what it
 * reached, how to load it. Names and labels are the user's and may be anything: they go through escape-text.ts.
 */
import { plural } from '../lib/counts.ts';
import { markdownText, yamlString } from './escape-text.ts';

export interface ModelCardFacts {
  /** The model that training began from. */
  readonly base: {
    readonly name: string;
    /** SPDX-like id as the hub has it ("apache-2.0"), null when it is not known. */
    readonly licence: string | null;
    /** ISO 639-1 ("en"), null when it is not known. */
    readonly language: string | null;
    /** Id on the hub ("google-bert/bert-base-uncased"), null for anything else. */
    readonly hubId: string | null;
  };
  /** Null for a model that was imported and not trained here. */
  readonly training: {
    readonly dataset: { readonly name: string; readonly textColumn: string; readonly labelColumn: string };
    readonly classes: readonly { readonly label: string; readonly train: number; readonly validation: number }[];
    readonly truncatedRows: number;
    /** By `TrainingArguments`' names, which are written as they are. */
    readonly settings: Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>;
    readonly steps: number;
    readonly seconds: number;
    readonly compute: string;
    readonly stoppedEarly: boolean;
    /** Of the last evaluation, on the validation rows; null when there was none. */
    readonly evaluation: {
      readonly loss: number;
      readonly accuracy: number;
      readonly macroF1: number;
      readonly perClassF1: readonly number[];
    } | null;
  } | null;
}

type Training = NonNullable<ModelCardFacts['training']>;

function frontMatter({ base, training }: ModelCardFacts): string[] {
  const lines = ['---', 'library_name: transformers', 'pipeline_tag: text-classification'];
  if (base.licence !== null) lines.push(`license: ${yamlString(base.licence)}`);
  if (base.language !== null) lines.push(`language: ${yamlString(base.language)}`);
  if (base.hubId !== null) lines.push(`base_model: ${yamlString(base.hubId)}`);
  lines.push('tags:', '- text-classification', '- bert', '- tabtune');
  if (training?.evaluation) lines.push('metrics:', '- accuracy', '- f1');
  return [...lines, '---'];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function dataSection({ dataset, classes, truncatedRows }: Training): string[] {
  const sum = (key: 'train' | 'validation'): number => classes.reduce((total, row) => total + row[key], 0);
  const cut = truncatedRows > 0 ? ` ${plural(truncatedRows, 'row was', 'rows were')} cut at max_length.` : '';
  return [
    '## Data',
    '',
    `File: ${markdownText(dataset.name)}. Text column: ${markdownText(dataset.textColumn)}. Label column: ${markdownText(dataset.labelColumn)}.`,
    `${plural(sum('train'), 'row')} to train on, ${plural(sum('validation'), 'row')} to validate.${cut}`,
    '',
    ...table(
      ['class', 'train', 'validation'],
      classes.map(({ label, train, validation }) => [markdownText(label), String(train), String(validation)]),
    ),
  ];
}

function resultSection({ classes, evaluation, steps, seconds, stoppedEarly }: Training): string[] {
  const run = `${plural(steps, 'step')} in ${seconds.toFixed(0)} s${stoppedEarly ? ', stopped by hand' : ''}.`;
  if (!evaluation) return ['## Result', '', `${run} The model was not evaluated.`];
  const { accuracy, macroF1, loss, perClassF1 } = evaluation;
  return [
    '## Result',
    '',
    `On the validation rows, which were not trained on. ${run}`,
    '',
    ...table(
      ['metric', 'value'],
      [
        ['accuracy', accuracy.toFixed(4)],
        ['macro F1', macroF1.toFixed(4)],
        ['loss', loss.toFixed(4)],
        ...classes.map(({ label }, i) => [`F1 of ${markdownText(label)}`, (perClassF1[i] ?? NaN).toFixed(4)]),
      ],
    ),
  ];
}

function settingsSection({ settings, compute }: Training): string[] {
  const rows = Object.entries(settings).map(([name, value]) => [`\`${name}\``, markdownText(String(value))]);
  return ['## Settings', '', `Trained in the browser on ${markdownText(compute)}.`, '', ...table(['setting', 'value'], rows)];
}

const LOADING = `## Use

Put the files of this archive into a folder, then:

\`\`\`python
from transformers import pipeline

classifier = pipeline("text-classification", model="path/to/that/folder", top_k=None)
print(classifier("The text to classify"))
\`\`\``;

/** The whole README.md. */
export function modelCard(facts: ModelCardFacts): string {
  const { base, training } = facts;
  const sections = training
    ? [dataSection(training), resultSection(training), settingsSection(training)]
    : [['It was imported into Tabtune and exported again without training.']];
  return [
    ...frontMatter(facts),
    '',
    '# Text classifier',
    '',
    `A BERT text classifier, made from ${markdownText(base.name)} with Tabtune.`,
    ...sections.flatMap((section) => ['', ...section]),
    '',
    LOADING,
    '',
  ].join('\n');
}
