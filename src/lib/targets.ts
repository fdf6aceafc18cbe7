/** What rows are labelled with: one class each, or any number of them. Values that travel by transfer; nothing here computes a loss. */

export type Targets =
  /** [rows] the class index of each row. */
  | { readonly kind: 'single'; readonly labels: Int32Array<ArrayBuffer> }
  /** [rows * classes], row after row: 1 where the row has the class, else 0. */
  | { readonly kind: 'multi'; readonly labels: Uint8Array<ArrayBuffer> };

/** `problem_type` in config.json. */
export type ProblemType = 'single_label_classification' | 'multi_label_classification';

export function problemTypeOf({ kind }: Targets): ProblemType {
  return kind === 'single' ? 'single_label_classification' : 'multi_label_classification';
}

/** The rows of each of C classes. A row without a class counts nowhere, one with several in each of them. */
export function countClasses({ kind, labels }: Targets, C: number): number[] {
  const counts = new Uint32Array(C);
  if (kind === 'single') for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  else labels.forEach((flag, i) => (counts[i % C] = (counts[i % C] ?? 0) + flag));
  return [...counts];
}
