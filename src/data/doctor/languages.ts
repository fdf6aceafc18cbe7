/** Texts of several languages: a model of one language hardly reads the others. Told by the library franc, from the longer texts only. */
import { francAll } from 'franc-min';
import { plural } from '../../lib/counts.ts';
import { shareOf, showRows, textOf, type Examined } from './examined.ts';
import { finding, rowNames, type Finding } from './finding.ts';

/** Texts that are looked at, spread evenly. */
const LOOKED_AT = 400;
/** Shorter texts are guessed wrongly too often. */
const SHORTEST = 60;
const LONGEST = 200;
const FEWEST_TEXTS = 3;
const SMALLEST_SHARE = 0.05;
/** franc's best has 1; a runner-up above this makes the guess unsure. */
const UNSURE = 0.85;

const NAMES = new Intl.DisplayNames(['en'], { type: 'language' });

/** ISO 639-3 of the language that a text is surely in, null where it is not sure. */
export function languageOf(text: string): string | null {
  if (text.length < SHORTEST) return null;
  const [first, second] = francAll(text.slice(0, LONGEST), { minLength: SHORTEST });
  if (!first || first[0] === 'und' || (second && second[1] > UNSURE)) return null;
  return first[0];
}

export function languageFindings(examined: Examined): Finding[] {
  const { length } = examined.selection.rows;
  const step = Math.max(1, Math.floor(length / LOOKED_AT));
  const byLanguage = new Map<string, number[]>();
  let told = 0;
  for (let i = 0; i < length; i += step) {
    const language = languageOf(textOf(examined, i).trim());
    if (language === null) continue;
    told++;
    byLanguage.set(language, [...(byLanguage.get(language) ?? []), i]);
  }
  const frequent = [...byLanguage]
    .filter(([, members]) => members.length >= FEWEST_TEXTS && members.length >= told * SMALLEST_SHARE)
    .sort(([, a], [, b]) => b.length - a.length);
  if (frequent.length < 2) return [];
  const others = frequent.slice(1).flatMap(([, members]) => members);
  const shown = showRows(examined, others);
  const named = frequent.map(([code, members]) => `${NAMES.of(code) ?? code} ${shareOf(members.length, told)}`);
  return [
    finding(
      {
        code: 'mixed-languages',
        severity: 'hint',
        title: 'Several languages',
        where: rowNames({ first: shown.rows, count: others.length }),
        expected: 'texts of the language that the model was made for',
        found: `${named.join(', ')} of ${plural(told, 'text')} whose language can be told`,
        fix: 'Take a multilingual model, such as one of the family XLM-RoBERTa, or keep one language.',
        count: others.length,
      },
      shown,
    ),
  ];
}
