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
  /** Whether its rows are pairs of texts. */
  readonly pairs: boolean;
  /** Whether a row may have several labels, or none. */
  readonly severalLabels: boolean;
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
    readonly rows: PartCounts;
    /** The rows of each class; where a row may have several labels it counts in each of them. */
    readonly classes: readonly (PartCounts & { readonly label: string })[];
    readonly truncatedRows: number;
    /** By `TrainingArguments`' names, which are written as they are. */
    readonly settings: Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>;
    readonly steps: number;
    readonly seconds: number;
    readonly compute: string;
    readonly stoppedEarly: boolean;
    /** "1.2 % of 22.7 million parameters learnt: the head", null where all did. */
    readonly learnt: string | null;
    /** Of the last evaluation, on the validation rows; null when there was none. */
    readonly evaluation: Figures | null;
    /** On the test rows, once, after the training; null where there are none. */
    readonly test: Figures | null;
  } | null;
  /** For a LoRA adapter without its model: the classes in the order of their index. */
  readonly adapter?: { readonly classes: readonly string[] };
}

interface PartCounts {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

interface Figures {
  readonly loss: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly perClassF1: readonly number[];
}

type Training = NonNullable<ModelCardFacts['training']>;

function frontMatter({ base, training, adapter }: ModelCardFacts): string[] {
  const library = adapter ? 'peft' : 'transformers';
  const lines = ['---', `library_name: ${library}`, 'pipeline_tag: text-classification'];
  if (base.licence !== null) lines.push(`license: ${yamlString(base.licence)}`);
  if (base.language !== null) lines.push(`language: ${yamlString(base.language)}`);
  if (base.hubId !== null) lines.push(`base_model: ${yamlString(base.hubId)}`);
  lines.push('tags:', '- text-classification', '- bert', '- tabtune', ...(adapter ? ['- lora'] : []));
  if (training?.evaluation) lines.push('metrics:', '- accuracy', '- f1');
  return [...lines, '---'];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function dataSection({ dataset, rows, classes, truncatedRows }: Training, severalLabels: boolean): string[] {
  const cut = truncatedRows > 0 ? ` ${plural(truncatedRows, 'row was', 'rows were')} cut at max_length.` : '';
  const hasTest = rows.test > 0;
  const tested = hasTest ? `, ${plural(rows.test, 'row')} to test` : '';
  const mends =
    dataset.mends.length > 0 ? ['', 'Before training:', '', ...dataset.mends.map((words) => `- ${markdownText(words)}`)] : [];
  const { secondTextColumn: second } = dataset;
  const columns = [
    `Text column: ${markdownText(dataset.textColumn)}.`,
    ...(second === null ? [] : [`Second text column: ${markdownText(second)}.`]),
    `Label column: ${markdownText(dataset.labelColumn)}${severalLabels ? '; a row may have several labels, or none' : ''}.`,
  ];
  return [
    '## Data',
    '',
    `File: ${markdownText(dataset.name)}. ${columns.join(' ')}`,
    `${plural(rows.train, 'row')} to train on, ${plural(rows.validation, 'row')} to validate${tested}.${cut}`,
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

function resultSection({ classes, evaluation, test, steps, seconds, stoppedEarly }: Training, severalLabels: boolean): string[] {
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
      row(severalLabels ? 'accuracy (all labels of a row right)' : 'accuracy', ({ accuracy }) => accuracy),
      row('macro F1', ({ macroF1 }) => macroF1),
      row('loss', ({ loss }) => loss),
      ...classes.map(({ label }, i) => row(`F1 of ${markdownText(label)}`, ({ perClassF1 }) => perClassF1[i] ?? NaN)),
    ]),
  ];
}

function settingsSection({ settings, compute, learnt }: Training): string[] {
  const rows = Object.entries(settings).map(([name, value]) => [`\`${name}\``, markdownText(String(value))]);
  const part = learnt === null ? '' : ` ${markdownText(learnt)}.`;
  return ['## Settings', '', `Trained by Tabtune on ${markdownText(compute)}.${part}`, '', ...table(['setting', 'value'], rows)];
}

/** How a pipeline is asked, and what its answer means. */
function asking({ pairs, severalLabels }: ModelCardFacts): string {
  const call = pairs ? '{"text": "The first text", "text_pair": "The second text"}' : '"The text to classify"';
  const several =
    '\n\nEach label has a probability of its own; those from 0.5 on are predicted, so a text may get several, or none.';
  return `print(classifier(${call}))
\`\`\`${severalLabels ? several : ''}`;
}

function loading(facts: ModelCardFacts): string {
  return `## Use

Put the files of this archive into a folder, then:

\`\`\`python
from transformers import pipeline

classifier = pipeline("text-classification", model="path/to/that/folder", top_k=None)
${asking(facts)}`;
}

/** How peft puts an adapter onto its model. Labels may be anything: they are JSON, which is Python for strings. */
function adapterLoading(facts: ModelCardFacts, classes: readonly string[]): string {
  const { base, severalLabels } = facts;
  const labels = classes
    .map((label, id) => `${id}: ${JSON.stringify(label)}`)
    .join(', ')
    .replaceAll('`', '\\u0060');
  const kind = severalLabels ? ', problem_type="multi_label_classification"' : '';
  return `## Use

This is a LoRA adapter: what training changed, without the model that it changes. Put the files of this archive into a folder, then:

\`\`\`python
from peft import PeftModel
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

base = ${base.hubId === null ? '"path/to/the/base/model"' : JSON.stringify(base.hubId)}
labels = {${labels}}
model = AutoModelForSequenceClassification.from_pretrained(
    base, num_labels=${classes.length}, id2label=labels, label2id={label: id for id, label in labels.items()}, ignore_mismatched_sizes=True${kind}
)
model = PeftModel.from_pretrained(model, "path/to/that/folder").merge_and_unload()
tokenizer = AutoTokenizer.from_pretrained("path/to/that/folder")
classifier = pipeline("text-classification", model=model, tokenizer=tokenizer, top_k=None)
${asking(facts)}`;
}

/** The whole README.md. */
export function modelCard(facts: ModelCardFacts): string {
  const { base, severalLabels, training, adapter } = facts;
  const sections = training
    ? [dataSection(training, severalLabels), resultSection(training, severalLabels), settingsSection(training)]
    : [['It was imported into Tabtune and exported again without training.']];
  return [
    ...frontMatter(facts),
    '',
    adapter ? '# LoRA adapter of a text classifier' : '# Text classifier',
    '',
    `A BERT text classifier, made from ${markdownText(base.name)} with Tabtune.`,
    ...sections.flatMap((section) => ['', ...section]),
    '',
    adapter ? adapterLoading(facts, adapter.classes) : loading(facts),
    '',
  ].join('\n');
}
