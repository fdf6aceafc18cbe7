/** The classes with their counts, most frequent first. The full part of a bar is for training, the pale part to measure with. */
import { Bar } from '../../components/bar.tsx';
import { classColor } from '../../components/class-color.ts';
import { count } from '../../components/format.ts';
import type { ClassCount } from '../../data/types.ts';
import classes from './data.module.css';

/** More classes than this scroll in their own box. */
const WITHOUT_SCROLL = 8;

export function ClassBars({ classes: counts }: { readonly classes: readonly ClassCount[] }) {
  const most = Math.max(1, ...counts.map(({ train, validation, test }) => train + validation + test));
  const ordered = counts
    .map((entry, index) => ({ ...entry, index, total: entry.train + entry.validation + entry.test }))
    .sort((a, b) => b.total - a.total || a.index - b.index);
  const scrolls = ordered.length > WITHOUT_SCROLL;
  return (
    <ul aria-label="Classes" className={classes.bars} data-scrolls={scrolls || undefined} tabIndex={scrolls ? 0 : undefined}>
      {ordered.map(({ label, index, train, validation, test, total }) => (
        <li
          key={label}
          className={classes.barRow}
          title={`${label}: ${count(train)} to train on, ${count(validation)} to validate with${test > 0 ? `, ${count(test)} to test with` : ''}`}
        >
          <span className={classes.barName}>{label}</span>
          <Bar
            parts={[
              { share: train / most, color: classColor(index) },
              { share: (validation + test) / most, color: classColor(index), faint: true },
            ]}
          />
          <span className={classes.barCount}>{count(total)}</span>
        </li>
      ))}
    </ul>
  );
}
