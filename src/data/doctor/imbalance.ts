/** One class many times as frequent as another: accuracy looks good while the rare class is never predicted. */
import { plural } from '../../lib/counts.ts';
import { TRAIN } from '../split.ts';
import { shareOf, type Examined } from './examined.ts';
import { finding, labelNames, type Finding } from './finding.ts';

/** Training rows of the most frequent class for each of the rarest. */
const HINT_RATIO = 3;
const STRONG_RATIO = 8;
/** Training rows of a class that a limit leaves at least. */
const FEWEST_LEFT = 100;

export function imbalanceFindings({ selection, parts }: Examined): Finding[] {
  const { classes, labels } = selection;
  const counts = classes.map(() => 0);
  for (let i = 0; i < labels.length; i++) if (parts[i] === TRAIN) counts[labels[i]!]!++;
  const trained = counts.flatMap((count, c) => (count > 1 ? [c] : []));
  if (trained.length < 2) return [];
  const most = trained.reduce((best, c) => (counts[c]! > counts[best]! ? c : best));
  const least = trained.reduce((best, c) => (counts[c]! < counts[best]! ? c : best));
  const ratio = counts[most]! / counts[least]!;
  if (ratio < HINT_RATIO) return [];
  const total = counts.reduce((sum, count) => sum + count, 0);
  const limit = Math.max(FEWEST_LEFT, counts[least]! * 2);
  const words = {
    code: 'imbalance',
    severity: ratio >= STRONG_RATIO ? 'warning' : 'hint',
    title: 'Unequal classes',
    where: plural(classes.length, 'class', 'classes'),
    expected: 'classes of like size',
    found: `${labelNames([classes[most]!])} ${ratio.toFixed(ratio < 10 ? 1 : 0)} times as frequent as ${labelNames([classes[least]!])}; always saying ${labelNames([classes[most]!])} is right for ${shareOf(counts[most]!, total)}`,
    fix: 'Look at macro F1, not accuracy. Class weights let rare classes count more; a limit leaves out rows of frequent ones.',
    count: trained.filter((c) => counts[most]! >= counts[c]! * HINT_RATIO).length,
  } as const;
  const weights = { kind: 'setting', label: 'Train with class weights', name: 'class_weights', value: 'balanced' } as const;
  const sample = {
    kind: 'mend',
    label: `At most ${limit.toLocaleString('en-US')} training rows a class`,
    mend: { kind: 'limit-classes', rows: limit },
  } as const;
  return [finding(words, { remedies: counts[most]! > limit ? [weights, sample] : [weights] })];
}
