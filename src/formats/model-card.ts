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
    readonly dataset: {
      readonly name: string;
      readonly textColumn: string;
      /** Null where a row is one text. */
      readonly secondTextColumn: string | null;
      readonly labelColumn: string;
      /** What was done to the data, in words and in order. */
      readonly mends: readonly string[];
      /** SHA-256 of the data as it was used. */
      readonly fingerprint: string;
    };
    readonly classes: readonly {
      readonly label: string;
      readonly train: number;
      readonly validation: number;
      readonly test: number;
    }[];
    readonly truncatedRows: number;
    /** By `TrainingArguments`' names, which are written as they are. */
    readonly settings: Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>;
    readonly steps: number;
    readonly seconds: number;
    readonly compute: string;
    readonly stoppedEarly: boolean;
    /** Of the last evaluation, on the validation rows; null when there was none. */
    readonly evaluation: Figures | null;
    /** On the test rows, once, after the training; null where there are none. */
    readonly test: Figures | null;
  } | null;
}

interface Figures {
  readonly loss: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly perClassF1: readonly number[];
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
  const sum = (key: 'train' | 'validation' | 'test'): number => classes.reduce((total, row) => total + row[key], 0);
  const cut = truncatedRows > 0 ? ` ${plural(truncatedRows, 'row was', 'rows were')} cut at max_length.` : '';
  const hasTest = sum('test') > 0;
  const tested = hasTest ? `, ${plural(sum('test'), 'row')} to test` : '';
  const mends =
    dataset.mends.length > 0 ? ['', 'Before training:', '', ...dataset.mends.map((words) => `- ${markdownText(words)}`)] : [];
  const { secondTextColumn: second } = dataset;
  const columns = [
    `Text column: ${markdownText(dataset.textColumn)}.`,
    ...(second === null ? [] : [`Second text column: ${markdownText(second)}.`]),
    `Label column: ${markdownText(dataset.labelColumn)}.`,
  ];
  return [
    '## Data',
    '',
    `File: ${markdownText(dataset.name)}. ${columns.join(' ')}`,
    `${plural(sum('train'), 'row')} to train on, ${plural(sum('validation'), 'row')} to validate${tested}.${cut}`,
    `Fingerprint of the data as it was used (SHA-256): \`${dataset.fingerprint}\`.`,
    ...mends,
    '',
    ...table(
      ['class', 'train', 'validation', ...(hasTest ? ['test'] : [])],
      classes.map(({ label, train, validation, test }) => [
        markdownText(label),
        ...[train, validation, ...(hasTest ? [test] : [])].map(String),
      ]),
    ),
  ];
}

function resultSection({ classes, evaluation, test, steps, seconds, stoppedEarly }: Training): string[] {
  const run = `${plural(steps, 'step')} in ${seconds.toFixed(0)} s${stoppedEarly ? ', stopped by hand' : ''}.`;
  if (!evaluation) return ['## Result', '', `${run} The model was not evaluated.`];
  const columns = test ? [evaluation, test] : [evaluation];
  const row = (name: string, value: (figures: Figures) => number): string[] => [
    name,
    ...columns.map((of) => value(of).toFixed(4)),
  ];
  return [
    '## Result',
    '',
    `On the validation rows, which were not trained on${test ? ', and on the test rows, which were looked at once' : ''}. ${run}`,
    '',
    ...table(test ? ['metric', 'validation', 'test'] : ['metric', 'value'], [
      row('accuracy', ({ accuracy }) => accuracy),
      row('macro F1', ({ macroF1 }) => macroF1),
      row('loss', ({ loss }) => loss),
      ...classes.map(({ label }, i) => row(`F1 of ${markdownText(label)}`, ({ perClassF1 }) => perClassF1[i] ?? NaN)),
    ]),
  ];
}

function settingsSection({ settings, compute }: Training): string[] {
  const rows = Object.entries(settings).map(([name, value]) => [`\`${name}\``, markdownText(String(value))]);
  return ['## Settings', '', `Trained in the browser on ${markdownText(compute)}.`, '', ...table(['setting', 'value'], rows)];
}

function loading(pairs: boolean): string {
  const call = pairs ? '{"text": "The first text", "text_pair": "The second text"}' : '"The text to classify"';
  return `## Use

Put the files of this archive into a folder, then:

\`\`\`python
from transformers import pipeline

classifier = pipeline("text-classification", model="path/to/that/folder", top_k=None)
print(classifier(${call}))
\`\`\``;
}

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
    loading(training !== null && training.dataset.secondTextColumn !== null),
    '',
  ].join('\n');
}
