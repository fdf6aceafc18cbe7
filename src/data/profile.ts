/**
 * A dataset under one choice of columns, one split and some mends: what the page shows of it, and what is trained on. The order is: usable
 * rows, mends, split, mends of the split, findings.
 */
import { Problem } from '../lib/problem.ts';
import { applyMends, applyToParts } from './apply-mends.ts';
import type { Dataset } from './dataset.ts';
import { blockerFindings } from './doctor/blockers.ts';
import { examine } from './doctor/examine.ts';
import { fingerprint } from './fingerprint.ts';
import type { MadeMend, Mend } from './mends.ts';
import { divide } from './parts.ts';
import { selectRows, type Selection } from './select.ts';
import { TEST, TRAIN, VALIDATION } from './split.ts';
import { groupTexts, type TextGroups } from './text-groups.ts';
import type { ClassCount, ColumnChoice, DatasetProfile, Part, PreviewRow, SplitSettings } from './types.ts';

export interface ProfiledDataset {
  readonly profile: DatasetProfile;
  readonly selection: Selection;
  /** Per row of the selection: TRAIN, VALIDATION or TEST. */
  readonly parts: Uint8Array;
}

/** Texts and their classes, in the order of the file. */
export interface LabelledTexts {
  readonly texts: readonly string[];
  readonly labels: Int32Array<ArrayBuffer>;
}

export interface ProfileOptions {
  /** In the order in which they are applied. */
  readonly mends?: readonly Mend[];
  /** Awaited between slices of long work; it may throw to end it. */
  readonly pause?: () => Promise<void>;
}

const PREVIEW_ROWS = 10;
/** The page shows a few lines of a text; the rest of a megabyte stays here. */
const PREVIEW_CHARACTERS = 1000;

const PARTS: readonly Part[] = ['train', 'validation', 'test'];

/** By the column's cells: which texts are alike does not change with labels, mends and splits. */
const groupsOf = new WeakMap<readonly string[], TextGroups>();

async function groupColumn(cells: readonly string[], pause: () => Promise<void>): Promise<TextGroups> {
  const known = groupsOf.get(cells);
  if (known) return known;
  const groups = await groupTexts(cells, pause);
  groupsOf.set(cells, groups);
  return groups;
}

function countClasses({ classes, labels }: Selection, parts: Uint8Array): ClassCount[] {
  const counts = classes.map((label) => ({ label, train: 0, validation: 0, test: 0 }));
  labels.forEach((label, i) => counts[label]![PARTS[parts[i]!]!]++);
  return counts;
}

function previewOf(
  { table }: Dataset,
  { text }: ColumnChoice,
  { rows, labels, classes }: Selection,
  parts: Uint8Array,
): PreviewRow[] {
  const clip = (value: string): string => (value.length > PREVIEW_CHARACTERS ? `${value.slice(0, PREVIEW_CHARACTERS)}…` : value);
  return Array.from(rows.subarray(0, PREVIEW_ROWS), (r, i) => ({
    row: table.rowNumbers[r] ?? 0,
    text: clip(table.columns[text]?.[r] ?? ''),
    label: clip(classes[labels[i]!] ?? ''),
    split: PARTS[parts[i]!]!,
  }));
}

/** What was applied, in the order in which it was asked for. */
function inOrder(mends: readonly Mend[], made: readonly MadeMend[]): MadeMend[] {
  return mends.flatMap((mend) => made.filter((one) => one.mend === mend));
}

/** Says all there is to say; trouble with the labels is among the findings. Throws `Problem` for columns or shares that make no sense. */
export async function examineDataset(
  dataset: Dataset,
  choice: ColumnChoice,
  split: SplitSettings,
  { mends = [], pause = () => Promise.resolve() }: ProfileOptions = {},
): Promise<ProfiledDataset> {
  const { table, summary } = dataset;
  const usable = selectRows(table, choice);
  const groups = await groupColumn(table.columns[choice.text] ?? [], pause);
  const mended = applyMends(usable, mends, { groups, rowNumbers: table.rowNumbers });
  const blockers = blockerFindings(table, summary.columns, choice, mended.selection);
  const divided = divide(table, mended.selection, choice, split, groups);
  const settled = applyToParts({ selection: mended.selection, parts: divided.parts }, mends, groups.near, split.seed);
  const { selection, parts } = settled;
  const classes = countClasses(selection, parts);
  const rowsOf = (part: Part): number => classes.reduce((sum, counts) => sum + counts[part], 0);
  const examined = { table, columns: summary.columns, choice, selection, parts, unknownParts: divided.unknown, groups };
  const profile: DatasetProfile = {
    choice: { ...choice },
    split: { ...split },
    classes,
    trainRows: rowsOf('train'),
    validationRows: rowsOf('validation'),
    testRows: rowsOf('test'),
    preview: previewOf(dataset, choice, selection, parts),
    findings: examine(examined, dataset.notices, blockers),
    mends: inOrder(mends, [...mended.made, ...settled.made]),
    fingerprint: fingerprint(selection, parts, groups),
  };
  return { profile, selection, parts };
}

/** As `examineDataset`, and throws `Problem` when there is nothing to train on: the first blocker. */
export async function profileDataset(
  dataset: Dataset,
  choice: ColumnChoice,
  split: SplitSettings,
  options: ProfileOptions = {},
): Promise<ProfiledDataset> {
  const profiled = await examineDataset(dataset, choice, split, options);
  const blocker = profiled.profile.findings.find(({ severity }) => severity === 'blocker');
  if (blocker) throw new Problem(blocker);
  return profiled;
}

/** The rows of one part of the split. */
export function labelledTexts(dataset: Dataset, profiled: ProfiledDataset, part: Part): LabelledTexts {
  const { profile, selection, parts } = profiled;
  const column = dataset.table.columns[profile.choice.text] ?? [];
  const wanted = { train: TRAIN, validation: VALIDATION, test: TEST }[part];
  const texts: string[] = [];
  const labels: number[] = [];
  selection.rows.forEach((r, i) => {
    if (parts[i] !== wanted) return;
    labels.push(selection.labels[i]!);
    texts.push(column[r] ?? '');
  });
  return { texts, labels: Int32Array.from(labels) };
}

/** At most `most` of the usable texts, spread evenly over the file. */
export function usableTexts(dataset: Dataset, { profile, selection }: ProfiledDataset, most: number): string[] {
  const column = dataset.table.columns[profile.choice.text] ?? [];
  const step = Math.max(1, Math.ceil(selection.rows.length / most));
  const texts: string[] = [];
  for (let i = 0; i < selection.rows.length; i += step) texts.push(column[selection.rows[i]!] ?? '');
  return texts;
}
