/** Who is taken for whom: rows are what a text is labelled, columns what the model said. */
import { memo, useState } from 'react';
import { count, percent } from '../format.ts';
import { LinkButton } from '../link-button.tsx';
import classes from './evaluation.module.css';

interface ConfusionProps {
  readonly labels: readonly string[];
  readonly confusion: readonly (readonly number[])[];
  readonly step: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** A cell is the deeper, the larger its share of the row. */
export const Confusion = memo(function Confusion({ labels, confusion, step }: ConfusionProps) {
  const [asShares, setAsShares] = useState(false);
  const totals = confusion.map(sum);
  return (
    <div className={classes.scroll} tabIndex={labels.length > 3 ? 0 : undefined} role="group" aria-label="Confusion matrix">
      <div className={classes.head}>
        <h3 className={classes.caption}>
          Confusion <span className={classes.aside}>step {count(step)}</span>
        </h3>
        <LinkButton onClick={() => setAsShares(!asShares)}>{asShares ? 'As counts' : 'As shares'}</LinkButton>
      </div>
      <table className={classes.confusion} data-many={labels.length > 4 || undefined}>
        <thead>
          <tr>
            <th scope="col">labelled</th>
            {labels.map((label) => (
              <th key={label} scope="col">
                said
                <br />
                <span className={classes.label}>{label}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((label, actual) => (
            <tr key={label}>
              <th scope="row">
                <span className={classes.label}>{label}</span>
              </th>
              {labels.map((other, predicted) => {
                const value = confusion[actual]?.[predicted] ?? 0;
                const share = value / Math.max(1, totals[actual] ?? 0);
                const color = actual === predicted ? 'var(--curve-1)' : 'var(--curve-2)';
                return (
                  <td
                    key={other}
                    className={classes.cell}
                    title={`labelled ${label}, said ${other}: ${count(value)}, ${percent(share)} of ${label}`}
                    style={{ background: `color-mix(in srgb, ${color} ${Math.round(8 + share * 42)}%, var(--card))` }}
                  >
                    {asShares ? percent(share) : count(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
});
