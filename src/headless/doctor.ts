/**
 * The doctor without a page: the same code as in the tokenizer worker, for scripts and tests. scripts/doctor.mjs calls it; token lengths are
 * those of the starter's tokenizer.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { roleOf } from '../data/columns.ts';
import { openDataset, type Dataset } from '../data/dataset.ts';
import type { Finding } from '../data/doctor/finding.ts';
import { countLengths, longTextFindings, type TokenLengths } from '../data/doctor/lengths.ts';
import { examineDataset, type ProfiledDataset } from '../data/profile.ts';
import type { ColumnChoice, ColumnRole } from '../data/types.ts';
import { Problem } from '../lib/problem.ts';
import { tokenLengths } from '../text/token-lengths.ts';
import { createTokenizer } from '../text/tokenizer.ts';

export interface DoctorOptions {
  /** Columns by name, where the guess is not to be taken. */
  readonly text?: string;
  readonly label?: string;
  readonly split?: string;
  readonly group?: string;
  readonly maxLength?: number;
}

export interface DoctorReport {
  readonly file: string;
  readonly encoding: string;
  readonly delimiter: string;
  readonly columns: readonly { readonly name: string; readonly role: ColumnRole; readonly distinct: number; readonly empty: number }[];
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
const STARTER = 'public/models/starter';

function columnNamed({ summary }: Dataset, name: string): number {
  const found = summary.columns.find((column) => column.name === name);
  if (found) return found.index;
  throw new Problem({
    where: summary.name,
    expected: `a column "${name}"`,
    found: summary.columns.map((column) => `"${column.name}"`).join(', '),
    fix: 'Name one of these.',
  });
}

/** The guess, with the columns that were named in place of guessed ones. */
function chooseColumns(dataset: Dataset, { text, label, split, group }: DoctorOptions): ColumnChoice {
  const named = (name: string | undefined, otherwise: number): number =>
    name === undefined ? otherwise : columnNamed(dataset, name);
  const { guess } = dataset;
  return {
    ...guess,
    text: named(text, guess.text),
    label: named(label, guess.label),
    ...(split === undefined ? {} : { split: columnNamed(dataset, split) }),
    ...(group === undefined ? {} : { group: columnNamed(dataset, group) }),
  };
}

async function measureLengths(dataset: Dataset, { selection, profile }: ProfiledDataset): Promise<TokenLengths> {
  const tokenizerJson = await readFile(`${STARTER}/tokenizer.json`, 'utf8');
  const tokenizerConfigJson = await readFile(`${STARTER}/tokenizer_config.json`, 'utf8');
  const cells = dataset.table.columns[profile.choice.text] ?? [];
  const step = Math.max(1, Math.ceil(selection.rows.length / SAMPLED_TEXTS));
  const texts = Array.from(selection.rows)
    .filter((_, i) => i % step === 0)
    .map((r) => cells[r] ?? '');
  return countLengths(await tokenLengths(createTokenizer({ tokenizerJson, tokenizerConfigJson }), texts), step > 1);
}

/** Throws `Problem` when the file cannot be read as a table, or has no column of a name that was given. */
export async function examineFile(path: string, options: DoctorOptions = {}): Promise<DoctorReport> {
  const missing = (error: unknown): never => {
    const found = error instanceof Error ? error.message : String(error);
    throw new Problem({ where: path, expected: 'a file that can be read', found, fix: 'Check its name.' });
  };
  const bytes = await readFile(path).catch(missing);
  const dataset = await openDataset(basename(path), new Blob([bytes]), () => undefined, new AbortController().signal);
  const choice = chooseColumns(dataset, options);
  const profiled = await examineDataset(dataset, choice, SPLIT);
  const { summary, table } = dataset;
  const { profile } = profiled;
  const maxLength = options.maxLength ?? MAX_LENGTH;
  const lengths = await measureLengths(dataset, profiled);
  return {
    file: path,
    encoding: summary.encoding,
    delimiter: summary.delimiter,
    columns: summary.columns.map((column) => ({
      name: column.name,
      role: roleOf(column, choice, summary.rows),
      distinct: column.distinct,
      empty: column.empty,
    })),
    rows: summary.rows,
    rejected: table.tooFewFields.count + table.tooManyFields.count + table.unclosedLeftOut,
    classes: Object.fromEntries(profile.classes.map(({ label, train, validation, test }) => [label, train + validation + test])),
    split: { train: profile.trainRows, validation: profile.validationRows, test: profile.testRows },
    tokens: { median: lengths.median, longest: lengths.longest, texts: lengths.texts, sampled: lengths.sampled, maxLength },
    findings: [...profile.findings, ...longTextFindings(lengths, maxLength, MOST_TOKENS)],
    fingerprint: profile.fingerprint,
  };
}
