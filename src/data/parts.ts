/** From a choice of columns to the parts of a split: which rows belong together, what the split column says, and the draw. */
import { Problem } from '../lib/problem.ts';
import { MOST_NUMBERS } from './doctor/finding.ts';
import { createFirstOf, hash64 } from './hash.ts';
import type { Selection } from './select.ts';
import { partNamed, splitRows, TRAIN } from './split.ts';
import type { RowReport, Table } from './table.ts';
import { unite, type TextGroups } from './text-groups.ts';
import type { ColumnChoice, SplitSettings } from './types.ts';

export interface Parts {
  /** Per row of the selection: TRAIN, VALIDATION or TEST. */
  readonly parts: Uint8Array;
  /** Rows whose cell of the split column names no part; they are in train. */
  readonly unknown: RowReport;
}

/** A larger group of near-duplicates is a template, not a text: its rows are only kept together where they are exactly the same. */
const LARGEST_NEAR_SHARE = 0.05;
const LARGEST_NEAR_ROWS = 20;

export function checkSplit({ validationShare, testShare = 0, seed }: SplitSettings): void {
  const where = 'The split';
  const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
  if (!(validationShare > 0 && testShare >= 0 && validationShare + testShare < 1)) {
    throw new Problem({
      where,
      expected: 'a validation share above 0 % that leaves rows to train on',
      found: testShare === 0 ? percent(validationShare) : `${percent(validationShare)} and ${percent(testShare)} for the test`,
      fix: 'Choose a share such as 20 %.',
    });
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new Problem({
      where,
      expected: 'a seed that is a whole number from 0',
      found: String(seed),
      fix: 'Choose another seed, such as 42.',
    });
  }
}

/** Per row of the selection the group that it stays with, as the smallest row of the table in it. */
function togetherness({ rows }: Selection, { exact, near }: TextGroups, column: readonly string[] | null): Uint32Array {
  const sizes = new Map<number, number>();
  for (const r of rows) sizes.set(near[r]!, (sizes.get(near[r]!) ?? 0) + 1);
  const largest = Math.max(LARGEST_NEAR_ROWS, rows.length * LARGEST_NEAR_SHARE);
  const groupOf = (r: number): number => ((sizes.get(near[r]!) ?? 0) > largest ? exact[r]! : near[r]!);
  if (!column) return rows.map(groupOf);
  const parent = Uint32Array.from({ length: near.length }, (_, r) => r);
  const firstOf = createFirstOf(rows.length);
  const hash = new Uint32Array(2);
  for (const r of rows) {
    unite(parent, groupOf(r), r);
    const cell = column[r] ?? '';
    hash64(cell, 0, cell.length, hash, 0);
    unite(parent, firstOf.add(hash[0]!, hash[1]!, r), r);
  }
  // Parents come before their children, so one pass settles all.
  for (let r = 0; r < parent.length; r++) parent[r] = parent[parent[r]!]!;
  return rows.map((r) => parent[r]!);
}

function readGiven({ rows }: Selection, table: Table, column: readonly string[]): { given: Uint8Array; unknown: RowReport } {
  const first: number[] = [];
  let count = 0;
  const given = Uint8Array.from(rows, (r) => {
    const part = partNamed(column[r] ?? '');
    if (part === null && count++ < MOST_NUMBERS) first.push(table.rowNumbers[r] ?? 0);
    return part ?? TRAIN;
  });
  return { given, unknown: { first, count } };
}

/** Throws `Problem` for a split that leaves nothing to train on. */
export function divide(
  table: Table,
  selection: Selection,
  choice: ColumnChoice,
  split: SplitSettings,
  groups: TextGroups,
): Parts {
  checkSplit(split);
  const columnOf = (index: number | null | undefined): readonly string[] | null =>
    index == null ? null : (table.columns[index] ?? null);
  const splitColumn = columnOf(choice.split);
  const { given, unknown } = splitColumn
    ? readGiven(selection, table, splitColumn)
    : { given: null, unknown: { first: [], count: 0 } };
  if (given && !given.includes(TRAIN) && given.length > 0) {
    throw new Problem({
      where: `Column "${table.names[choice.split ?? 0]}"`,
      expected: 'some rows for training, such as "train"',
      found: 'only rows for validation or the test',
      fix: 'Choose no split column, then the split is drawn.',
    });
  }
  const parts = splitRows({
    labels: selection.labels,
    classes: selection.classes.length,
    groups: togetherness(selection, groups, columnOf(choice.group)),
    given,
    validationShare: split.validationShare,
    testShare: split.testShare ?? 0,
    seed: split.seed,
  });
  return { parts, unknown };
}
