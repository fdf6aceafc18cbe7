/**
 * What is remembered of a dataset beside its bytes: where it came from, and how it was read and used. It comes back from the disk as JSON
 * that another version of the page may have written, so it is read as something unknown; what is not understood counts as not kept.
 */
import type { Mend } from './mends.ts';
import type { ColumnChoice, KeptSource, ReadingChoice, SplitSettings } from './types.ts';

/** Everything that makes the same rows of the same content again. */
export interface DataUse {
  readonly reading: ReadingChoice;
  readonly choice: ColumnChoice;
  readonly split: SplitSettings;
  readonly mends: readonly Mend[];
}

/** What a kept content is. */
export interface KeptOrigin extends Omit<KeptSource, 'kind' | 'key'> {
  /** Names of the files, in their order. */
  readonly files: readonly string[];
  /** Subsets of a hub dataset, and the one that was fetched. */
  readonly parts: readonly string[];
  readonly part: string | null;
}

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isString: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number';
const isIndex: Check = (value) => Number.isInteger(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const orNull =
  (check: Check): Check =>
  (value) =>
    value == null || check(value);
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

function fits(value: unknown, checks: Readonly<Record<string, Check>>): value is Fields {
  return isFields(value) && Object.entries(checks).every(([name, check]) => check(value[name]));
}

const MENDS: Readonly<Record<Mend['kind'], Readonly<Record<string, Check>>>> = {
  'drop-duplicates': {},
  'drop-near-duplicates': {},
  'relabel-by-majority': {},
  'drop-conflicts': {},
  'merge-labels': { from: listOf(isString), into: isString },
  'drop-classes': { labels: listOf(isString) },
  'order-classes': { labels: listOf(isString) },
  'drop-rows': { rows: listOf(isIndex) },
  'drop-leaked': {},
  'limit-classes': { rows: isIndex },
};

const hasMend = (kind: unknown): kind is Mend['kind'] => typeof kind === 'string' && Object.hasOwn(MENDS, kind);

function isMend(value: unknown): value is Mend {
  return isFields(value) && hasMend(value['kind']) && fits(value, MENDS[value['kind']]);
}

function isReading(value: unknown): value is ReadingChoice {
  return fits(value, {
    encoding: orNull(isString),
    delimiter: orNull(isString),
    hasHeader: orNull(oneOf(true, false)),
    part: orNull(isString),
    sampleRows: orNull(isIndex),
  });
}

function isChoice(value: unknown): value is ColumnChoice {
  return fits(value, {
    text: isIndex,
    secondText: orNull(isIndex),
    label: isIndex,
    labels: orNull(listOf(isIndex)),
    separator: orNull(oneOf(';', '|', ',')),
    split: orNull(isIndex),
    group: orNull(isIndex),
  });
}

function isSplit(value: unknown): value is SplitSettings {
  return fits(value, { validationShare: isNumber, testShare: orNull(isNumber), seed: isIndex });
}

export function readUse(value: unknown): DataUse | null {
  if (!isFields(value)) return null;
  const { reading, choice, split, mends } = value;
  if (!isReading(reading) || !isChoice(choice) || !isSplit(split) || !Array.isArray(mends) || !mends.every(isMend)) return null;
  return { reading, choice, split, mends };
}

function isOrigin(value: unknown): value is KeptOrigin & Fields {
  return fits(value, {
    name: isString,
    origin: oneOf('files', 'paste', 'url', 'hub', 'sample'),
    id: orNull(isString),
    form: oneOf('files', 'rows'),
    files: listOf(isString),
    parts: listOf(isString),
    part: orNull(isString),
  });
}

export function readOrigin(value: unknown): KeptOrigin | null {
  return isOrigin(value) ? value : null;
}
