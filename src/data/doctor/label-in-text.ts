/** The word of the label stands in the text: the model learns to read it off, and fails where nobody has written it. */
import { plural } from '../../lib/counts.ts';
import { shareOf, showRows, textOf, type Examined } from './examined.ts';
import { finding, rowNames, type Finding } from './finding.ts';

/** Texts that are looked at, spread evenly. */
const LOOKED_AT = 20_000;
const WARNING_SHARE = 0.2;
const HINT_SHARE = 0.05;
const FEWEST_ROWS = 5;
/** Of the texts with a label's word so many have that label: fewer, and the word is part of the language. */
const TELLING = 0.9;
/** Numbers and shorter words come in any text. */
const SHORTEST_WORD = 3;

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

export function labelInTextFindings(examined: Examined): Finding[] {
  const { classes, labels } = examined.selection;
  const words = classes.map((label) => label.trim().toLowerCase());
  const usable = words.filter((word) => word.length >= SHORTEST_WORD && /\p{L}/u.test(word));
  if (usable.length === 0) return [];
  const alternatives = [...usable].sort((a, b) => b.length - a.length).map(escaped);
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives.join('|')})(?![\\p{L}\\p{N}])`, 'giu');
  const step = Math.max(1, Math.floor(labels.length / LOOKED_AT));
  const own: number[] = [];
  let [looked, others] = [0, 0];
  for (let i = 0; i < labels.length; i += step) {
    looked++;
    const found = new Set(
      textOf(examined, i)
        .match(pattern)
        ?.map((word) => word.toLowerCase()),
    );
    if (found.has(words[labels[i]!]!)) own.push(i);
    else if (found.size > 0) others++;
  }
  const share = own.length / Math.max(1, looked);
  if (own.length < FEWEST_ROWS || share < HINT_SHARE || own.length < TELLING * (own.length + others)) return [];
  const shown = showRows(examined, own);
  return [
    finding(
      {
        code: 'label-in-text',
        severity: share >= WARNING_SHARE ? 'warning' : 'hint',
        title: 'The label stands in the text',
        where: rowNames({ first: shown.rows, count: own.length }),
        expected: 'texts that do not name their label',
        found: `${plural(own.length, 'text')}${step > 1 ? ` of ${looked.toLocaleString('en-US')} looked at` : ''} (${shareOf(own.length, looked)}) with the word of their own label`,
        fix: 'Remove the word from the texts if it was added with the label; new texts will not have it.',
        count: own.length,
      },
      shown,
    ),
  ];
}
