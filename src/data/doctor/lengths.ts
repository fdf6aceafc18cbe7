/** How long the texts are in tokens, and which share a max_length cuts. The lengths come from the tokenizer; here they are only counted. */
import { plural } from '../../lib/counts.ts';
import { shareOf } from './examined.ts';
import { finding, type Finding } from './finding.ts';

export interface TokenLengths {
  /** counts[n]: texts of n tokens, special tokens among them; the last entry counts those that are longer still. */
  readonly counts: readonly number[];
  /** Texts counted; fewer than there are where `sampled`. */
  readonly texts: number;
  readonly sampled: boolean;
  readonly median: number;
  readonly longest: number;
}

/** Texts beyond this many tokens are all the same to a chart. */
const LONGEST_COUNTED = 1024;
/** A cut that touches fewer texts is no warning. */
const WARNING_SHARE = 0.1;
/** A proposed max_length leaves this share of the texts whole. */
const KEPT_WHOLE = 0.95;
const ROUND_TO = 16;

/** `lengths`: tokens of each text. */
export function countLengths(lengths: readonly number[], sampled: boolean): TokenLengths {
  const sorted = [...lengths].sort((a, b) => a - b);
  const longest = sorted.at(-1) ?? 0;
  const counts = new Array<number>(Math.min(longest, LONGEST_COUNTED) + 1).fill(0);
  for (const length of sorted) counts[Math.min(length, LONGEST_COUNTED)]!++;
  return { counts, texts: sorted.length, sampled, median: sorted[Math.floor(sorted.length / 2)] ?? 0, longest };
}

/** Texts of more tokens than `maxLength`. */
export function longerThan({ counts }: TokenLengths, maxLength: number): number {
  return counts.slice(maxLength + 1).reduce((sum, count) => sum + count, 0);
}

/** The shortest length, in steps of 16, that leaves 95 % of the texts whole; at most `most`. */
function fittingLength(lengths: TokenLengths, most: number): number {
  let length = ROUND_TO;
  while (length < most && longerThan(lengths, length) > lengths.texts * (1 - KEPT_WHOLE)) length += ROUND_TO;
  return Math.min(length, most);
}

/** `most`: what the model allows. */
export function longTextFindings(lengths: TokenLengths, maxLength: number, most: number): Finding[] {
  const count = longerThan(lengths, maxLength);
  if (count === 0) return [];
  const share = count / lengths.texts;
  const fitting = fittingLength(lengths, most);
  const words = {
    code: 'long-texts',
    severity: share >= WARNING_SHARE ? 'warning' : 'hint',
    title: 'Texts longer than max_length',
    where: 'The texts',
    expected: `at most ${maxLength} tokens`,
    found: `${plural(count, 'text')}${lengths.sampled ? ` of ${lengths.texts.toLocaleString('en-US')} looked at` : ''} (${shareOf(count, lengths.texts)}) with more, cut there; the median is ${lengths.median}, the longest ${lengths.longest.toLocaleString('en-US')}`,
    fix: 'A larger max_length reads more of them and takes longer; what matters often stands at the beginning.',
    count,
  } as const;
  const value = String(fitting);
  const remedies =
    fitting > maxLength ? [{ kind: 'setting', label: `Set max_length to ${value}`, name: 'max_length', value } as const] : [];
  return [finding(words, { remedies })];
}
