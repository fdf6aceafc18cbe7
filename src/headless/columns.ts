/** The columns that a command line names, in place of those that were guessed. */
import type { ColumnChoice, DatasetSummary, LabelSeparator } from '../data/types.ts';
import { Problem } from '../lib/problem.ts';

/** What is left out is guessed. */
export interface NamedColumns {
  readonly text?: string;
  /** null: a row is one text. */
  readonly textPair?: string | null;
  readonly label?: string;
  /** What stands between several labels of a row. */
  readonly labelSeparator?: LabelSeparator;
  /** null: the split is drawn. */
  readonly split?: string | null;
  readonly group?: string;
}

/** As the command line has them, - being _. */
export const COLUMN_OPTIONS = ['text', 'text_pair', 'label', 'label_separator', 'split', 'group'] as const;

type ColumnOption = (typeof COLUMN_OPTIONS)[number];

/** For a column that may be guessed but need not be there. */
const NONE = 'none';

const SEPARATORS: readonly LabelSeparator[] = [';', '|', ','];

function separatorOf(word: string): LabelSeparator {
  const separator = SEPARATORS.find((each) => each === word);
  if (separator) return separator;
  throw new Problem({
    where: '--label-separator',
    expected: SEPARATORS.join(' '),
    found: `"${word}"`,
    fix: 'Give what stands between the labels of a row, in quotes: --label-separator ";"',
  });
}

/** `word` gives what was typed behind an option. Throws `Problem`. */
export function readColumns(word: (option: ColumnOption) => string | undefined): NamedColumns {
  const entries = COLUMN_OPTIONS.map((option) => [option, word(option)] as const);
  const { text, text_pair, label, label_separator, split, group } = Object.fromEntries(entries);
  const orNone = (name: string): string | null => (name === NONE ? null : name);
  return {
    ...(text === undefined ? {} : { text }),
    ...(text_pair === undefined ? {} : { textPair: orNone(text_pair) }),
    ...(label === undefined ? {} : { label }),
    ...(label_separator === undefined ? {} : { labelSeparator: separatorOf(label_separator) }),
    ...(split === undefined ? {} : { split: orNone(split) }),
    ...(group === undefined ? {} : { group }),
  };
}

/** The guess, with the columns that were named in place of guessed ones. Throws a `Problem` for a name that no column has. */
export function chooseColumns({ name, columns }: DatasetSummary, guess: ColumnChoice, named: NamedColumns): ColumnChoice {
  const indexOf = (column: string): number => {
    const found = columns.find((each) => each.name === column);
    if (found) return found.index;
    throw new Problem({
      where: name,
      expected: `a column "${column}"`,
      found: `the columns ${columns.map((each) => each.name).join(', ')}`,
      fix: 'Name one of them.',
    });
  };
  const orNull = (column: string | null): number | null => (column === null ? null : indexOf(column));
  const text = named.text === undefined ? guess.text : indexOf(named.text);
  const label = named.label === undefined ? guess.label : indexOf(named.label);
  const guessedPair = guess.secondText === text || guess.secondText === label ? null : (guess.secondText ?? null);
  return {
    ...guess,
    text,
    label,
    secondText: named.textPair === undefined ? guessedPair : orNull(named.textPair),
    ...(named.labelSeparator === undefined ? {} : { separator: named.labelSeparator }),
    ...(named.split === undefined ? {} : { split: orNull(named.split) }),
    ...(named.group === undefined ? {} : { group: indexOf(named.group) }),
  };
}
