/** A dataset under one choice of columns and one split: what the page shows of it, and what is trained on. */
import { Problem } from '../lib/problem.ts';
import { countClasses, type Targets } from '../lib/targets.ts';
import type { Dataset } from './dataset.ts';
import { choiceNotices } from './notices.ts';
import { selectRows, type Selection } from './select.ts';
import { selectSeveral } from './several-labels.ts';
import { stratifiedSplit } from './split.ts';
import type { ClassCount, ColumnChoice, DatasetProfile, PreviewRow, SplitSettings } from './types.ts';

export interface ProfiledDataset {
  readonly profile: DatasetProfile;
  readonly selection: Selection;
  /** Per row of the selection 1 where it is for validation. */
  readonly isValidation: Uint8Array;
}

/** Texts and their classes, in the order of the file. */
export interface LabelledTexts {
  readonly texts: readonly string[];
  /** Each row's second text, empty where it has none; null without a second column. */
  readonly secondTexts: readonly string[] | null;
  readonly targets: Targets;
}

const PREVIEW_ROWS = 10;
/** The page shows a few lines of a text; the rest of a megabyte stays here. */
const PREVIEW_CHARACTERS = 1000;

function checkSplit({ validationShare, seed }: SplitSettings): void {
  const where = 'The split';
  if (!(validationShare > 0 && validationShare < 1)) {
    const fix = 'Choose a share such as 20 %.';
    throw new Problem({ where, expected: 'a validation share between 0 % and 100 %', found: `${validationShare * 100} %`, fix });
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

function classCounts({ classes, targets }: Selection, isValidation: Uint8Array): ClassCount[] {
  const [train, validation] = [0, 1].map((side) => countClasses(targetsOf(targets, isValidation, side), classes.length));
  return classes.map((label, c) => ({ label, train: train?.[c] ?? 0, validation: validation?.[c] ?? 0 }));
}

/** The targets of the rows on one side of the split. */
function targetsOf(targets: Targets, isValidation: Uint8Array, side: number): Targets {
  const width = targets.labels.length / isValidation.length;
  const isOnSide = (_: number, i: number): boolean => isValidation[Math.floor(i / width)] === side;
  return targets.kind === 'single'
    ? { kind: 'single', labels: targets.labels.filter(isOnSide) }
    : { kind: 'multi', labels: targets.labels.filter(isOnSide) };
}

function previewOf(
  { table }: Dataset,
  { text, secondText = null, label }: ColumnChoice,
  { rows }: Selection,
  isValidation: Uint8Array,
): PreviewRow[] {
  const clip = (value: string): string => (value.length > PREVIEW_CHARACTERS ? `${value.slice(0, PREVIEW_CHARACTERS)}…` : value);
  return Array.from(rows.subarray(0, PREVIEW_ROWS), (r, i) => ({
    row: table.rowNumbers[r] ?? 0,
    text: clip(table.columns[text]?.[r] ?? ''),
    secondText: secondText === null ? null : clip(table.columns[secondText]?.[r] ?? ''),
    label: clip(table.columns[label]?.[r] ?? ''),
    split: isValidation[i] ? 'validation' : 'train',
  }));
}

/** Throws `Problem` when there is nothing to train on under this choice. */
export function profileDataset(dataset: Dataset, choice: ColumnChoice, split: SplitSettings): ProfiledDataset {
  checkSplit(split);
  const selection = choice.separator
    ? selectSeveral(dataset.table, choice, choice.separator)
    : selectRows(dataset.table, dataset.summary.columns, choice);
  const strata = selection.classes.length + (selection.targets.kind === 'multi' ? 1 : 0);
  const isValidation = stratifiedSplit(selection.labels, strata, split.validationShare, split.seed);
  const classes = classCounts(selection, isValidation);
  const validationRows = isValidation.reduce((sum, flag) => sum + flag, 0);
  const profile: DatasetProfile = {
    choice: {
      text: choice.text,
      secondText: choice.secondText ?? null,
      label: choice.label,
      separator: choice.separator ?? null,
    },
    split: { validationShare: split.validationShare, seed: split.seed },
    classes,
    trainRows: selection.rows.length - validationRows,
    validationRows,
    preview: previewOf(dataset, choice, selection, isValidation),
    notices: [...dataset.notices, ...choiceNotices(selection, classes)],
  };
  return { profile, selection, isValidation };
}

/** The rows of one part of the split. */
export function labelledTexts(dataset: Dataset, profiled: ProfiledDataset, part: PreviewRow['split']): LabelledTexts {
  const { profile, selection, isValidation } = profiled;
  const { columns } = dataset.table;
  const { text, secondText = null } = profile.choice;
  const column = columns[text] ?? [];
  const second = secondText === null ? null : { column: columns[secondText] ?? [], texts: [] as string[] };
  const wanted = part === 'validation' ? 1 : 0;
  const texts: string[] = [];
  selection.rows.forEach((r, i) => {
    if (isValidation[i] !== wanted) return;
    texts.push(column[r] ?? '');
    second?.texts.push(second.column[r] ?? '');
  });
  return { texts, secondTexts: second?.texts ?? null, targets: targetsOf(selection.targets, isValidation, wanted) };
}
