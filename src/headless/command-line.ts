/** The words behind `npm run train --` become a request: files, columns, and training arguments under all their names. Nothing is read here. */
import { parseArgs } from 'node:util';
import { ARGUMENTS } from '../engine/train/argument-table.ts';
import { ARGUMENT_NAMES, type ArgumentName } from '../engine/train/arguments.ts';
import { RENAMED } from '../engine/train/read-arguments.ts';
import type { ComputeChoice } from '../engine/backend/types.ts';
import { Problem } from '../lib/problem.ts';
import { COLUMN_OPTIONS, readColumns, type NamedColumns } from './columns.ts';

export interface TrainCommand {
  readonly data: string;
  /** A folder or zip, or a model of the hub; 'starter' for the one that comes with the page. */
  readonly model: string;
  /** Of a hub model: a branch, tag or commit; empty: the latest. */
  readonly revision: string;
  /** Where downloaded models are kept; null: a folder of the person's own (model.ts). */
  readonly cache: string | null;
  readonly out: string;
  /** A JSON file of training arguments. What the command line says itself wins over it. */
  readonly config: string | null;
  /** Columns by name; those left out are guessed. */
  readonly columns: NamedColumns;
  readonly validationShare: number;
  readonly testShare: number;
  readonly splitSeed: number;
  readonly compute: ComputeChoice;
  /** Whether a GPU's tiles are measured first. */
  readonly tune: boolean;
  /** Of the CPU; null: as many as there are. */
  readonly threads: number | null;
  /** As they were typed, by `TrainingArguments`' names. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export const USAGE = `npm run -s train -- --data FILE --model DIR --out DIR [options]

  --data FILE               texts and labels: CSV, TSV, JSON, JSON Lines, Parquet, Excel, also in gzip or zip
  --model DIR               a Hugging Face folder or a zip of one, or a model of the hub such as
                            google-bert/bert-base-uncased (without it: the starter)
  --revision NAME           branch, tag or commit of a hub model
  --cache DIR               where hub models are kept (without it: tabtune/models in $XDG_CACHE_HOME or ~/.cache)
  --out DIR                 the trained model in Hugging Face's files, and metrics.json
  --text NAME               the column of texts (without it: guessed)
  --text-pair NAME          the column of the second text of a pair (without it: guessed; none: a row is one text)
  --label NAME              the column of labels (without it: guessed)
  --label-separator ";"     what stands between several labels of one row: ; | or , (without it: one label a row)
  --split NAME              the column that says train, validation or test (without it: guessed; none: drawn)
  --group NAME              rows with the same value here stay on one side of the split
  --validation-share 0.2    share of the rows that is kept for validation
  --test-share 0            share of the rows that is kept for one test at the end
  --split-seed 42           seed of that split
  --config FILE             training arguments as JSON, with transformers' names
  --compute auto            auto, cpu or webgpu
  --threads N               threads of the CPU
  --tune                    measure first which tiles suit the GPU, which takes some seconds

The hub is asked with the token in HF_TOKEN, if there is one, at HF_ENDPOINT if that is set.

Training arguments by their names, with - or _; also --epochs, --lr, --batch-size, --eval-batch-size:`;

/** Other names of training arguments: short ones, and those of transformers 4. */
const ALSO: ReadonlyMap<string, ArgumentName> = new Map([
  ...RENAMED,
  ['epochs', 'num_train_epochs'],
  ['lr', 'learning_rate'],
  ['batch_size', 'per_device_train_batch_size'],
  ['eval_batch_size', 'per_device_eval_batch_size'],
]);

const OWN = [
  'data',
  'model',
  'revision',
  'cache',
  'out',
  ...COLUMN_OPTIONS,
  'validation_share',
  'test_share',
  'split_seed',
  'config',
  'compute',
  'threads',
  'tune',
] as const;
const KNOWN: readonly string[] = [...OWN, ...ALSO.keys(), ...ARGUMENT_NAMES];

function wrong(where: string, expected: string, found: string): Problem {
  return new Problem({ where, expected, found, fix: 'npm run -s train -- --help lists the options.' });
}

function isFlag(name: string): boolean {
  if (name === 'tune') return true;
  const argument = ARGUMENT_NAMES.find((each) => each === name);
  return argument !== undefined && typeof ARGUMENTS[argument].ours === 'boolean';
}

/** `--load-best-model-at-end` alone means true, and `--learning-rate` is `--learning_rate`. */
function normalise(argv: readonly string[]): string[] {
  return argv.flatMap((word, i) => {
    if (!word.startsWith('--')) return [word];
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals).replaceAll('-', '_');
    const next = argv[i + 1];
    if (equals >= 0) return [`--${name}${word.slice(equals)}`];
    return isFlag(name) && next !== 'true' && next !== 'false' ? [`--${name}=true`] : [`--${name}`];
  });
}

function parse(argv: readonly string[]): Readonly<Record<string, string>> {
  const options = Object.fromEntries(KNOWN.map((name) => [name, { type: 'string' } as const]));
  try {
    return parseArgs({ args: normalise(argv), options }).values as Record<string, string>;
  } catch (error) {
    throw wrong(
      'Command line',
      'options that exist, each with its value',
      error instanceof Error ? error.message : String(error),
    );
  }
}

/** The word as the argument takes it: text, true or false, a list with commas. What fits in no way stays text, to be refused by name. */
function settingOf(name: ArgumentName, word: string): unknown {
  const list = word.split(',').map((each) => each.trim());
  const readings: unknown[] = [word, word === 'true' ? true : word === 'false' ? false : undefined, list.map(Number), list];
  return readings.find((reading) => reading !== undefined && ARGUMENTS[name].read(reading) !== undefined) ?? word;
}

function numberOf(
  option: string,
  word: string | undefined,
  initial: number,
  expected: string,
  fits: (value: number) => boolean,
): number {
  if (word === undefined) return initial;
  const value = Number(word);
  if (word.trim() === '' || !fits(value)) throw wrong(`--${option}`, expected, `"${word}"`);
  return value;
}

function computeOf(word: string | undefined): ComputeChoice {
  if (word === undefined || word === 'auto' || word === 'cpu' || word === 'webgpu') return word ?? 'auto';
  throw wrong('--compute', 'auto, cpu or webgpu', `"${word}"`);
}

/** Throws a `Problem` for an option that is missing, unknown or does not fit. The values of training arguments are judged later. */
export function readTrainCommand(argv: readonly string[]): TrainCommand {
  const words = parse(argv);
  const { data, out, threads } = words;
  if (!data) throw wrong('--data', 'a file with texts and labels', 'nothing');
  if (!out) throw wrong('--out', 'a folder for the trained model', 'nothing');
  const settings: Record<string, unknown> = {};
  for (const [name, word] of Object.entries(words)) {
    const argument = ALSO.get(name) ?? ARGUMENT_NAMES.find((each) => each === name);
    if (argument) settings[argument] = settingOf(argument, word);
  }
  const isWhole = (least: number) => (value: number) => Number.isSafeInteger(value) && value >= least;
  return {
    data,
    out,
    model: words.model ?? 'starter',
    config: words.config ?? null,
    revision: words.revision ?? '',
    cache: words.cache ?? null,
    columns: readColumns((option) => words[option]),
    validationShare: numberOf('validation-share', words.validation_share, 0.2, 'a share between 0 and 1', (v) => v > 0 && v < 1),
    testShare: numberOf('test-share', words.test_share, 0, 'a share from 0 and below 1', (v) => v >= 0 && v < 1),
    splitSeed: numberOf('split-seed', words.split_seed, 42, 'a whole number from 0', isWhole(0)),
    compute: computeOf(words.compute),
    threads: threads === undefined ? null : numberOf('threads', threads, 1, 'a whole number from 1', isWhole(1)),
    tune: words.tune === 'true',
    settings,
  };
}

/** The options, with every training argument, its default and its explanation. */
export function usage(): string {
  const width = Math.max(...ARGUMENT_NAMES.map((name) => name.length));
  const lines = ARGUMENT_NAMES.map((name) => {
    const { ours, huggingFace, explanation } = ARGUMENTS[name];
    const theirs = huggingFace === null || huggingFace === ours ? '' : ` (Trainer: ${String(huggingFace)})`;
    return `  --${name.padEnd(width)}  ${explanation} Default: ${String(ours)}${theirs}.`;
  });
  return [USAGE, '', ...lines].join('\n');
}
