/** Whether a model's own head fits the data, and what is said of it. */
import type { ProblemType } from '../../src/lib/targets.ts';

/** What a classifier's outputs mean. */
export interface HeadOfModel {
  /** null: the model has none. */
  readonly classes: readonly string[] | null;
  readonly problemType: ProblemType;
}

export type HeadOfData = HeadOfModel & { readonly classes: readonly string[] };

export function sameHead(stored: HeadOfModel, wanted: HeadOfData): boolean {
  const { classes, problemType } = stored;
  if (classes?.length !== wanted.classes.length || problemType !== wanted.problemType) return false;
  return classes.every((name, index) => name === wanted.classes[index]);
}

/** What became of the model's own head. */
export function headRemarks(stored: HeadOfModel, wanted: HeadOfData, kept: boolean): string[] {
  if (kept) return ['The classifier of the model has the same classes and is trained on.'];
  if (!stored.classes) return [];
  const several = ({ problemType }: HeadOfModel): string =>
    problemType === 'multi_label_classification' ? ', several for one text' : '';
  const found = `${stored.classes.join(', ')}${several(stored)}`;
  return [
    `The model's classes (${found}) are not the data's (${wanted.classes.join(', ')}${several(wanted)}): a new classifier was initialised.`,
  ];
}
