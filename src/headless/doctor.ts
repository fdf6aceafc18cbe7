/**
 * The headless door to the doctor: the same code as in the tokenizer worker, with a file of the disk. Token lengths are those of the
 * starter's tokenizer.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { roleOf } from '../data/columns.ts';
import { openDataset, type Dataset } from '../data/dataset.ts';
import type { Finding } from '../data/doctor/finding.ts';
import { countLengths, longTextFindings, type TokenLengths } from '../data/doctor/lengths.ts';
import { examineDataset, usableTexts, type ProfiledDataset } from '../data/profile.ts';
import type { ColumnRole } from '../data/types.ts';
import { Problem } from '../lib/problem.ts';
import { tokenLengths } from '../text/token-lengths.ts';
import { createTokenizer } from '../text/tokenizer.ts';
import { chooseColumns, COLUMN_OPTIONS, readColumns, type NamedColumns } from './columns.ts';
import { openFile } from './disk.ts';
import { reportInWords } from './doctor-words.ts';

/** Columns by name, where the guess is not to be taken. */
export interface DoctorOptions extends NamedColumns {
  readonly maxLength?: number;
}

export interface DoctorReport {
  readonly file: string;
  /** "CSV", "JSON Lines in gzip". */
  readonly format: string;
  /** Null for formats without one (Parquet, Excel). */
  readonly encoding: string | null;
  readonly delimiter: string | null;
  readonly columns: readonly {
    readonly name: string;
    readonly role: ColumnRole;
    readonly distinct: number;
    readonly empty: number;
  }[];
  /** Data rows read, without the header and without those rejected. */
  readonly rows: number;
  /** Rows of the file that did not fit. */
  readonly rejected: number;
  /** Rows by class, of all parts, in the order of the class index. */
  readonly classes: Readonly<Record<string, number>>;
  readonly split: { readonly train: number; readonly validation: number; readonly test: number };
  readonly tokens: Pick<TokenLengths, 'median' | 'longest' | 'texts' | 'sampled'> & { readonly maxLength: number };
  readonly findings: readonly Finding[];
  readonly fingerprint: string;
}

const SPLIT = { validationShare: 0.2, seed: 42 };
const MAX_LENGTH = 128;
/** The starter's positions. */
const MOST_TOKENS = 512;
const SAMPLED_TEXTS = 20_000;
const STARTER = fileURLToPath(new URL('../../public/models/starter/', import.meta.url));

async function measureLengths(dataset: Dataset, profiled: ProfiledDataset): Promise<TokenLengths> {
  const tokenizerJson = await readFile(`${STARTER}tokenizer.json`, 'utf8');
  const tokenizerConfigJson = await readFile(`${STARTER}tokenizer_config.json`, 'utf8');
  const texts = usableTexts(dataset, profiled, SAMPLED_TEXTS);
  const lengths = await tokenLengths(createTokenizer({ tokenizerJson, tokenizerConfigJson }), texts);
  return countLengths(lengths, texts.length < profiled.selection.rows.length);
}

/** Throws `Problem` when the file cannot be read as a table, or has no column of a name that was given. */
export async function examineFile(path: string, options: DoctorOptions = {}): Promise<DoctorReport> {
  const file = await openFile(path);
  const dataset = await openDataset(file.name, [{ name: file.name, file }], {}, () => undefined, new AbortController().signal);
  const choice = chooseColumns(dataset.summary, dataset.guess, options);
  const profiled = await examineDataset(dataset, choice, SPLIT);
  const { summary, table } = dataset;
  const { profile } = profiled;
  const maxLength = options.maxLength ?? MAX_LENGTH;
  const lengths = await measureLengths(dataset, profiled);
  return {
    file: path,
    format: summary.reading.format,
    encoding: summary.encoding,
    delimiter: summary.reading.delimiter,
    columns: summary.columns.map((column) => ({
      name: column.name,
      role: roleOf(column, choice, summary.rows),
      distinct: column.distinct,
      empty: column.empty,
    })),
    rows: summary.rows,
    rejected: table.rejects.count,
    classes: Object.fromEntries(profile.classes.map(({ label, train, validation, test }) => [label, train + validation + test])),
    split: { train: profile.trainRows, validation: profile.validationRows, test: profile.testRows },
    tokens: { median: lengths.median, longest: lengths.longest, texts: lengths.texts, sampled: lengths.sampled, maxLength },
    findings: [...profile.findings, ...longTextFindings(lengths, maxLength, MOST_TOKENS)],
    fingerprint: profile.fingerprint,
  };
}

const USAGE = `npm run -s doctor -- FILE... [options]

  --json          one JSON object (for several files one object {"files": [...]})
  --text NAME     the column of texts (without it: guessed)
  --text-pair NAME  the column of the second text of a pair (without it: guessed; none: a row is one text)
  --label NAME    the column of labels (without it: guessed)
  --label-separator ";"  what stands between several labels of one row: ; | or ,
  --split NAME    the column that says train, validation or test (without it: guessed; none: drawn)
  --group NAME    rows with the same value here stay on one side of the split
  --max-length ${MAX_LENGTH}  tokens of a text that are read
`;

const optionWord = (name: string): string => name.replaceAll('_', '-');

interface DoctorCommand extends DoctorOptions {
  readonly files: readonly string[];
  readonly json: boolean;
}

/** Throws a `Problem` for words that are no options. */
function readDoctorCommand(argv: readonly string[]): DoctorCommand {
  const wrong = (expected: string, found: string): Problem =>
    new Problem({ where: 'Command line', expected, found, fix: 'npm run -s doctor -- --help lists the options.' });
  const word = { type: 'string' } as const;
  const options = {
    ...Object.fromEntries(COLUMN_OPTIONS.map((option) => [optionWord(option), word] as const)),
    'max-length': word,
  };
  const parse = () => {
    try {
      return parseArgs({ args: [...argv], allowPositionals: true, options: { ...options, json: { type: 'boolean' } } });
    } catch (error) {
      throw wrong('options that exist, each with its value', error instanceof Error ? error.message : String(error));
    }
  };
  const { values, positionals } = parse();
  const { json = false, ...others } = values;
  const given: Readonly<Record<string, string | undefined>> = others;
  const wordOf = (name: string): string | undefined => given[name];
  const words = wordOf('max-length');
  if (positionals.length === 0) throw wrong('the name of a file', 'none');
  const maxLength = words === undefined ? MAX_LENGTH : Number(words);
  if (!Number.isInteger(maxLength) || maxLength < 3) throw wrong('a whole number of tokens from 3 on', `"${words ?? ''}"`);
  return { ...readColumns((option) => wordOf(optionWord(option))), files: positionals, json, maxLength };
}

/** What scripts/doctor.mjs calls. A file that cannot be read is told on stderr behind the others' reports, and the exit code is then 1. */
export async function doctorFromCommandLine(argv: readonly string[], from: string): Promise<void> {
  if (argv.length === 0 || argv.includes('--help')) {
    process.stdout.write(USAGE);
    return;
  }
  const { files, json, ...options } = readDoctorCommand(argv);
  const reports: DoctorReport[] = [];
  for (const file of files) {
    try {
      reports.push(await examineFile(resolve(from, file), options));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    }
  }
  const [first] = reports;
  const answer = files.length > 1 ? { files: reports } : first;
  if (!json) process.stdout.write(`${reports.map(reportInWords).join('\n\n')}\n`);
  else if (answer) process.stdout.write(`${JSON.stringify(answer)}\n`);
}
