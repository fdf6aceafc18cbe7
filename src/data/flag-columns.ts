/** Columns that each say of one label whether a row has it: 0 and 1, true and false, yes and no. */
import { isBlank } from './blank.ts';
import type { FlagKind } from './types.ts';

const WORDS: Readonly<Record<FlagKind, { readonly yes: RegExp; readonly no: RegExp }>> = {
  '0/1': { yes: /^\s*1(\.0+)?\s*$/, no: /^\s*0(\.0+)?\s*$/ },
  'true/false': { yes: /^\s*true\s*$/i, no: /^\s*false\s*$/i },
  'yes/no': { yes: /^\s*yes\s*$/i, no: /^\s*no\s*$/i },
};
const KINDS = ['0/1', 'true/false', 'yes/no'] as const;

export interface Flags {
  readonly kind: FlagKind;
  /** Per row: SET, UNSET or MISSING. */
  readonly values: Uint8Array;
}

export const UNSET = 0;
export const SET = 1;
/** An empty cell, where others say no. In a column that has only marks an empty cell means no. */
export const MISSING = 2;

/** Null when a cell is neither yes nor no, or all are empty. */
export function readFlags(cells: readonly string[]): Flags | null {
  const first = cells.find((cell) => !isBlank(cell)) ?? '';
  const kind = KINDS.find((each) => WORDS[each].yes.test(first) || WORDS[each].no.test(first));
  if (!kind) return null;
  const { yes, no } = WORDS[kind];
  const values = new Uint8Array(cells.length);
  let saysNo = false;
  for (let r = 0; r < cells.length; r++) {
    const cell = cells[r] ?? '';
    if (yes.test(cell)) values[r] = SET;
    else if (no.test(cell)) saysNo = true;
    else if (isBlank(cell)) values[r] = MISSING;
    else return null;
  }
  return { kind, values: saysNo ? values : values.map((value) => (value === SET ? SET : UNSET)) };
}
