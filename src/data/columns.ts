/** What is in the columns of a table, and which of them are the text and the label: guessed from names and contents. */
import { isBlank } from './blank.ts';
import { countDistinct } from './distinct.ts';
import { readFlags } from './flag-columns.ts';
import { isCalledLabel, namesLabel, namesNoLabel, namesPair, namesText } from './header.ts';
import type { Table } from './table.ts';
import { partNamed, TRAIN } from './split.ts';
import type { ColumnChoice, ColumnInfo, ColumnRole } from './types.ts';

/** Beyond this a column is no set of classes. */
export const MOST_CLASSES = 200;
const LOOKED_AT = 1000;

export function describeColumns(table: Table): ColumnInfo[] {
  return table.columns.map((cells, index) => {
    let characters = 0;
    let empty = 0;
    for (const cell of cells) {
      characters += cell.length;
      if (isBlank(cell)) empty++;
    }
    const distinct = countDistinct(cells, (cell) => !isBlank(cell));
    const meanLength = cells.length === 0 ? 0 : characters / cells.length;
    return { index, name: table.names[index] ?? '', meanLength, distinct, empty, flags: readFlags(cells)?.kind ?? null };
  });
}

interface Contents {
  /** Words per value that has any. */
  readonly words: number;
  /** Share of the values that are words, not numbers, dates, addresses or codes. */
  readonly wordy: number;
}

const NUMBER = /^[+-]?[\d.,\s]+%?$/;
const DATE = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b/;
const ADDRESS = /^(https?:\/\/|www\.)\S+$|^[^\s@]+@[^\s@]+$/i;
const CODE = /^[^\s]*\d[^\s]*$/;

function isWords(value: string): boolean {
  return /\p{L}/u.test(value) && ![NUMBER, DATE, ADDRESS, CODE].some((pattern) => pattern.test(value));
}

/** Looks at up to a thousand values, spread evenly. */
function lookInto(cells: readonly string[]): Contents {
  const step = Math.max(1, Math.floor(cells.length / LOOKED_AT));
  let [values, words, wordy] = [0, 0, 0];
  for (let i = 0; i < cells.length; i += step) {
    const value = (cells[i] ?? '').slice(0, 2000).trim();
    if (value === '') continue;
    values++;
    words += value.split(/\s+/).length;
    if (isWords(value)) wordy++;
  }
  return values === 0 ? { words: 0, wordy: 0 } : { words: words / values, wordy: wordy / values };
}

/** Whether the values of a column can be classes: at least two, not too many, and they come again. */
export function canBeLabel({ distinct, empty }: ColumnInfo, rows: number): boolean {
  const filled = rows - empty;
  return distinct >= 2 && distinct <= MOST_CLASSES && distinct < filled && !nearlyUnique(distinct, filled);
}

/** More than half of the values come once: an id, a name, a text. */
export function nearlyUnique(distinct: number, filled: number): boolean {
  return distinct > 10 && distinct > filled / 2;
}

/** Higher is likelier. Few, short, never missing, and a telling name. */
function labelScore(info: ColumnInfo, rows: number): number {
  const name = namesLabel(info.name) ? 4 : namesNoLabel(info.name) ? -4 : 0;
  return name - 0.4 * Math.log2(info.distinct) - 4 * (info.empty / rows) - (info.meanLength > 40 ? 3 : 0);
}

function textScore(info: ColumnInfo, cells: readonly string[], rows: number): number {
  const { words, wordy } = lookInto(cells);
  const differs = info.distinct / rows;
  return (namesText(info.name) ? 3 : 0) + Math.log2(1 + words) + 4 * wordy + 2 * differs - 2 * (info.empty / rows);
}

function best(columns: readonly ColumnInfo[], score: (info: ColumnInfo) => number): ColumnInfo | undefined {
  const scores = columns.map(score);
  return columns[scores.indexOf(Math.max(...scores))];
}

/** The likeliest label, other than `not`; undefined when no column can be one. */
export function guessLabel(columns: readonly ColumnInfo[], rows: number, not: readonly number[]): ColumnInfo | undefined {
  const candidates = columns.filter((info) => canBeLabel(info, rows) && !not.includes(info.index));
  return best(candidates, (info) => labelScore(info, rows));
}

/** Columns that say yes and no in the same words, where there are several; none where there are not. */
function guessFlags(columns: readonly ColumnInfo[], split: number | null): readonly number[] {
  const candidates = columns.filter(
    ({ index, name, flags, empty, distinct }) =>
      flags && index !== split && (distinct === 2) === (empty === 0) && !namesNoLabel(name),
  );
  const alike = candidates.map(({ flags }) => candidates.filter((other) => other.flags === flags));
  const most = alike.reduce((best, one) => (one.length > best.length ? one : best), []);
  // One of them that is called "label" is the label, and the others say other things.
  const isOne = most.filter(({ name }) => isCalledLabel(name)).length === 1;
  return most.length > 1 && !isOne ? most.map(({ index }) => index) : [];
}

/** More different values than a split column has. */
const MOST_SPLIT_VALUES = 4;

/** A column whose every cell names a part of the split, one of them the training part; null when there is none. */
function guessSplit(table: Table, columns: readonly ColumnInfo[]): number | null {
  const isSplit = ({ index, distinct, empty }: ColumnInfo): boolean => {
    if (distinct < 2 || distinct > MOST_SPLIT_VALUES || empty > 0) return false;
    const parts = new Set((table.columns[index] ?? []).map(partNamed));
    return !parts.has(null) && parts.has(TRAIN);
  };
  return columns.find(isSplit)?.index ?? null;
}

/** The two texts of a pair where the header names them and both hold words, whichever of them was taken for the text. */
function withPair(table: Table, columns: readonly ColumnInfo[], choice: ColumnChoice): ColumnChoice {
  const { text, label } = choice;
  const texts = columns.filter(({ index }) => index !== label && lookInto(table.columns[index] ?? []).wordy > 0.5);
  for (const first of texts) {
    const second = texts.find(({ index, name }) => index !== first.index && namesPair(first.name, name));
    if (second && [first.index, second.index].includes(text)) return { ...choice, text: first.index, secondText: second.index };
  }
  return choice;
}

/** The text, label and split columns, and the second text of a pair. */
export function guessColumns(table: Table, columns: readonly ColumnInfo[]): ColumnChoice {
  return withPair(table, columns, guessTextAndLabel(table, columns));
}

/** Where no column can be a label it is the one that is called so, or the last: the doctor says what is wrong with it. */
function guessTextAndLabel(table: Table, columns: readonly ColumnInfo[]): ColumnChoice {
  const { rows } = table;
  const split = guessSplit(table, columns);
  const others = (not: number): readonly ColumnInfo[] => columns.filter(({ index }) => index !== not && index !== split);
  const textOf = (not: number): number =>
    best(others(not), (info) => textScore(info, table.columns[info.index] ?? [], rows))?.index ?? 0;
  const withSplit = (choice: { text: number; label: number }): ColumnChoice => (split === null ? choice : { ...choice, split });
  const label = guessLabel(columns, rows, split === null ? [] : [split]);
  const flags = guessFlags(columns, split);
  if (flags.length > 0 && (!label || flags.includes(label.index))) {
    const others = columns.filter(({ index }) => !flags.includes(index) && index !== split);
    const text = best(others, (info) => textScore(info, table.columns[info.index] ?? [], rows));
    if (text) return { ...withSplit({ text: text.index, label: flags[0] ?? 0 }), labels: flags };
  }
  if (label) return withSplit({ text: textOf(label.index), label: label.index });
  const named = others(-1).find(({ name }) => namesLabel(name));
  if (named) return withSplit({ text: textOf(named.index), label: named.index });
  const text = textOf(-1);
  return withSplit({ text, label: others(text).at(-1)?.index ?? 0 });
}

/** The columns that say what the labels of a row are. */
export function labelColumns({ label, labels }: ColumnChoice): readonly number[] {
  return labels ?? [label];
}

/** How a person calls the label: the column's name, or the names of the columns. */
export function labelColumnName(names: readonly string[], choice: ColumnChoice): string {
  return labelColumns(choice)
    .map((index) => names[index] ?? '')
    .join(', ');
}

/** What a column is used as. An id is a column of different values that is not used. */
export function roleOf(info: ColumnInfo, choice: ColumnChoice, rows: number): ColumnRole {
  if (info.index === choice.text) return 'text';
  if (info.index === choice.secondText) return 'second text';
  if (labelColumns(choice).includes(info.index)) return 'label';
  if (info.index === choice.split) return 'split';
  if (info.index === choice.group) return 'group';
  return rows > 1 && info.distinct === rows && info.empty === 0 ? 'id' : 'ignored';
}
