/** Precision, recall and F1 of each class. */
import { memo } from 'react';
import type { Evaluation } from '../../protocol/trainer.ts';
import { Bar } from '../bar.tsx';
import { classColor, classPlace } from '../class-color.ts';
import { count, figure } from '../format.ts';
import classes from './evaluation.module.css';

interface PerClassProps {
  readonly labels: readonly string[];
  readonly evaluation: Evaluation;
  /** The classes of the data on the page, which decide the colours. */
  readonly dataClasses: readonly string[];
}

export const PerClass = memo(function PerClass({ labels, dataClasses, evaluation: { metrics, perClassF1 } }: PerClassProps) {
  return (
    <div className={classes.scroll} tabIndex={labels.length > 6 ? 0 : undefined} role="group" aria-label="Each class">
      <table className={classes.figures}>
        <caption className={classes.caption}>Each class</caption>
        <thead>
          <tr>
            <th scope="col">Class</th>
            <th scope="col">Precision</th>
            <th scope="col">Recall</th>
            <th scope="col" colSpan={2}>
              F1
            </th>
            <th scope="col">Support</th>
          </tr>
        </thead>
        <tbody>
          {labels.map((label, index) => (
            <tr key={label}>
              <th scope="row">
                <span className={classes.label}>{label}</span>
              </th>
              <td>{figure(metrics?.perClass[index]?.precision)}</td>
              <td>{figure(metrics?.perClass[index]?.recall)}</td>
              <td>{figure(perClassF1[index])}</td>
              <td aria-hidden className={classes.bar}>
                <Bar parts={[{ share: perClassF1[index] ?? 0, color: classColor(classPlace(label, dataClasses, index)) }]} />
              </td>
              <td>{metrics?.support[index] === undefined ? '—' : count(metrics.support[index])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
});
