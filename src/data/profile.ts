/**
 * A dataset under one choice of columns, one split and some mends: what the page shows of it, and what is trained on. The order is: usable
 * rows, mends, split, mends of the split, findings.
 */
import { Problem } from '../lib/problem.ts';
import { countClasses, type Targets } from '../lib/targets.ts';
import { applyMends, applyToParts } from './apply-mends.ts';
import type { Dataset } from './dataset.ts';
import { blockerFindings } from './doctor/blockers.ts';
import { examine } from './doctor/examine.ts';
import type { Finding } from './doctor/finding.ts';
import { fingerprint } from './fingerprint.ts';
import type { MadeMend, Mend } from './mends.ts';
import { divide } from './parts.ts';
import { selectRows, sortLabels, type Selection } from './select.ts';
import { labelsOf, targetsOf, type SelectedLabels } from './several-labels.ts';
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
  /** Each row's second text, empty where it has none; null without a second column. */
  readonly secondTexts: readonly string[] | null;
  readonly targets: Targets;
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

/** By the column's cells, for a pair by those of both: which texts are alike does not change with labels, mends and splits. */
const groupsOf = new WeakMap<readonly string[], Map<readonly string[] | null, TextGroups>>();
/** Between the texts of a pair. It counts as white space, and is in no text that a person wrote. */
const BETWEEN = '\u2029';

async function groupTable({ table }: Dataset, choice: ColumnChoice, pause: () => Promise<void>): Promise<TextGroups> {
  const first = table.columns[choice.text] ?? [];
  const second = choice.secondText == null ? null : (table.columns[choice.secondText] ?? []);
  const known = groupsOf.get(first) ?? new Map<readonly string[] | null, TextGroups>();
  const found = known.get(second);
  if (found) return found;
  const groups = await groupTexts(second ? first.map((text, r) => `${text}${BETWEEN}${second[r] ?? ''}`) : first, pause);
  groupsOf.set(first, known.set(second, groups));
  return groups;
}

function classCounts(selection: Selection, labelled: SelectedLabels, parts: Uint8Array): ClassCount[] {
  const [train, validation, test] = [TRAIN, VALIDATION, TEST].map((part) =>
    countClasses(
      targetsOf(selection, labelled, (i) => parts[i] === part),
      labelled.labels.length,
    ),
  );
  return labelled.labels.map((label, l) => ({
    label,
    train: train?.[l] ?? 0,
    validation: validation?.[l] ?? 0,
    test: test?.[l] ?? 0,
  }));
}

function previewOf(
  { table }: Dataset,
  { text, secondText = null }: ColumnChoice,
  { rows, labels, classes }: Selection,
  parts: Uint8Array,
): PreviewRow[] {
  const clip = (value: string): string => (value.length > PREVIEW_CHARACTERS ? `${value.slice(0, PREVIEW_CHARACTERS)}…` : value);
  return Array.from(rows.subarray(0, PREVIEW_ROWS), (r, i) => ({
    row: table.rowNumbers[r] ?? 0,
    text: clip(table.columns[text]?.[r] ?? ''),
    secondText: secondText === null ? null : clip(table.columns[secondText]?.[r] ?? ''),
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
  const groups = await groupTable(dataset, choice, pause);
  const mended = applyMends(usable, mends, { groups, rowNumbers: table.rowNumbers });
  const blockers = blockerFindings(table, summary.columns, choice, mended.selection);
  const divided = divide(table, mended.selection, choice, split, groups);
  const settled = applyToParts({ selection: mended.selection, parts: divided.parts }, mends, groups.near, split.seed);
  const { selection, parts } = settled;
  const classes = classCounts(selection, labelsOf(selection, sortLabels), parts);
  const rowsOf = (part: Part): number => parts.reduce((sum, each) => sum + Number(PARTS[each] === part), 0);
  const examined = { table, columns: summary.columns, choice, selection, parts, unknownParts: divided.unknown, groups };
  const profile: DatasetProfile = {
    choice: { ...choice, secondText: choice.secondText ?? null },
    split: { ...split },
    separator: selection.separator,
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

/** A finding that stops training. */
export class Blocked extends Problem {
  readonly finding: Finding;

  constructor(found: Finding) {
    super(found);
    this.finding = found;
  }
}

/** As `examineDataset`, and throws `Blocked` when there is nothing to train on, with the first blocker. */
export async function profileDataset(
  dataset: Dataset,
  choice: ColumnChoice,
  split: SplitSettings,
  options: ProfileOptions = {},
): Promise<ProfiledDataset> {
  const profiled = await examineDataset(dataset, choice, split, options);
  const blocker = profiled.profile.findings.find(({ severity }) => severity === 'blocker');
  if (blocker) throw new Blocked(blocker);
  return profiled;
}

/** The rows of one part of the split. */
export function labelledTexts(dataset: Dataset, profiled: ProfiledDataset, part: Part): LabelledTexts {
  const { profile, selection, parts } = profiled;
  const { columns } = dataset.table;
  const { text, secondText = null } = profile.choice;
  const column = columns[text] ?? [];
  const second = secondText === null ? null : { column: columns[secondText] ?? [], texts: [] as string[] };
  const wanted = { train: TRAIN, validation: VALIDATION, test: TEST }[part];
  const texts: string[] = [];
  selection.rows.forEach((r, i) => {
    if (parts[i] !== wanted) return;
    texts.push(column[r] ?? '');
    second?.texts.push(second.column[r] ?? '');
  });
  const targets = targetsOf(selection, labelsOf(selection, sortLabels), (i) => parts[i] === wanted);
  return { texts, secondTexts: second?.texts ?? null, targets };
}

/** At most `most` of the usable texts, spread evenly over the file; a pair counts as one text. */
export function usableTexts(dataset: Dataset, { profile, selection }: ProfiledDataset, most: number): string[] {
  const { columns } = dataset.table;
  const { text, secondText = null } = profile.choice;
  const [column = [], second] = [columns[text], secondText === null ? undefined : columns[secondText]];
  const step = Math.max(1, Math.ceil(selection.rows.length / most));
  const texts: string[] = [];
  for (let i = 0; i < selection.rows.length; i += step) {
    const r = selection.rows[i]!;
    texts.push(second ? `${column[r] ?? ''} ${second[r] ?? ''}` : (column[r] ?? ''));
  }
  return texts;
}
