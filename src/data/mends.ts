/**
 * What a person may have done to the data before training. A mend is a rule, not a list of rows: applied again to the same table it
 * gives the same rows, so undoing one is to apply the others. apply-mends.ts carries them out.
 */
export type Mend =
  /** Keeps the first of rows with the same text and label. */
  | { readonly kind: 'drop-duplicates' }
  /** Keeps the first of rows with nearly the same text and the same label. */
  | { readonly kind: 'drop-near-duplicates' }
  /** Where one text has several labels: its commonest label for all; rows without a commonest one are left out. */
  | { readonly kind: 'relabel-by-majority' }
  /** Where one text has several labels: leaves out all of its rows. */
  | { readonly kind: 'drop-conflicts' }
  /** One label in place of others; with one of them it is a new name. */
  | { readonly kind: 'merge-labels'; readonly from: readonly string[]; readonly into: string }
  | { readonly kind: 'drop-classes'; readonly labels: readonly string[] }
  /** The classes in this order, those that are not named behind them. */
  | { readonly kind: 'order-classes'; readonly labels: readonly string[] }
  /** Leaves out rows by their numbers in the file. */
  | { readonly kind: 'drop-rows'; readonly rows: readonly number[] }
  /** Leaves training rows out whose text is also validated or tested with, and validation rows whose text is also tested with. */
  | { readonly kind: 'drop-leaked' }
  /** At most so many training rows of each class, drawn with the split's seed. */
  | { readonly kind: 'limit-classes'; readonly rows: number };

/** A mend as it was applied. */
export interface MadeMend {
  readonly mend: Mend;
  /** "Dropped 12 exact duplicates". */
  readonly words: string;
  /** Rows that it left out or changed. */
  readonly rows: number;
}
