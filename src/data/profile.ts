/** A dataset under one choice of columns and one split: what the page shows of it, and what is trained on. */
import { Problem } from '../lib/problem.ts';
import type { Targets } from '../lib/targets.ts';
import type { Dataset } from './dataset.ts';
import { choiceNotices } from './notices.ts';
import { selectRows, type Selection } from './select.ts';
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

function countClasses({ classes, labels }: Selection, isValidation: Uint8Array): ClassCount[] {
  const counts = classes.map((label) => ({ label, train: 0, validation: 0 }));
  labels.forEach((label, i) => counts[label]![isValidation[i] ? 'validation' : 'train']++);
  return counts;
}

function previewOf(
  { table }: Dataset,
  { text, label }: ColumnChoice,
  { rows }: Selection,
  isValidation: Uint8Array,
): PreviewRow[] {
  const clip = (value: string): string => (value.length > PREVIEW_CHARACTERS ? `${value.slice(0, PREVIEW_CHARACTERS)}…` : value);
  return Array.from(rows.subarray(0, PREVIEW_ROWS), (r, i) => ({
    row: table.rowNumbers[r] ?? 0,
    text: clip(table.columns[text]?.[r] ?? ''),
    label: clip(table.columns[label]?.[r] ?? ''),
    split: isValidation[i] ? 'validation' : 'train',
  }));
}

/** Throws `Problem` when there is nothing to train on under this choice. */
export function profileDataset(dataset: Dataset, choice: ColumnChoice, split: SplitSettings): ProfiledDataset {
  checkSplit(split);
  const selection = selectRows(dataset.table, dataset.summary.columns, choice);
  const isValidation = stratifiedSplit(selection.labels, selection.classes.length, split.validationShare, split.seed);
  const classes = countClasses(selection, isValidation);
  const validationRows = classes.reduce((sum, { validation }) => sum + validation, 0);
  const profile: DatasetProfile = {
    choice: { text: choice.text, label: choice.label },
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
  const column = dataset.table.columns[profile.choice.text] ?? [];
  const wanted = part === 'validation' ? 1 : 0;
  const texts: string[] = [];
  const labels = new Int32Array(part === 'validation' ? profile.validationRows : profile.trainRows);
  selection.rows.forEach((r, i) => {
    if (isValidation[i] !== wanted) return;
    labels[texts.length] = selection.labels[i] ?? 0;
    texts.push(column[r] ?? '');
  });
  return { texts, targets: { kind: 'single', labels } };
}
