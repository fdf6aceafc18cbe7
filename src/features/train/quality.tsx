/** The last evaluation in detail: who is taken for whom, and F1 for each class. */
import { memo, useDeferredValue } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { Bar } from '../../components/bar.tsx';
import { classColor, classPlace } from '../../components/class-color.ts';
import { count, figure } from '../../components/format.ts';
import type { Evaluation } from '../../protocol/trainer.ts';
import { dataStore } from '../../stores/data.ts';
import { runStore } from '../../stores/run.ts';
import classes from './quality.module.css';

export function Quality() {
  const evaluation = useDeferredValue(useStore(runStore, (state) => state.evaluation));
  const labels = useStore(runStore, (state) => state.classes);
  if (!evaluation) return null;
  return (
    <div className={classes.quality}>
      {evaluation.confusion.length > 0 ? (
        <Confusion labels={labels} confusion={evaluation.confusion} step={evaluation.step} />
      ) : (
        <Decisions labels={labels} evaluation={evaluation} />
      )}
      <PerClass labels={labels} f1={evaluation.perClassF1} />
    </div>
  );
}

/** Precision and recall of each class, where texts have several labels: there is no one class that a text is taken for. */
const Decisions = memo(function Decisions({
  labels,
  evaluation: { metrics, step },
}: {
  readonly labels: readonly string[];
  readonly evaluation: Evaluation;
}) {
  return (
    <div className={classes.scroll} role="group" aria-label="Precision and recall">
      <h3 className={classes.caption}>
        Decisions <span className={classes.aside}>step {count(step)}</span>
      </h3>
      <table className={classes.confusion} data-many={labels.length > 4 || undefined}>
        <thead>
          <tr>
            <td />
            {['precision', 'recall', 'texts'].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((label, c) => (
            <tr key={label}>
              <th scope="row">
                <span className={classes.label}>{label}</span>
              </th>
              <td>{figure(metrics?.perClass[c]?.precision)}</td>
              <td>{figure(metrics?.perClass[c]?.recall)}</td>
              <td>{count(metrics?.support[c] ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
});

interface ConfusionProps {
  readonly labels: readonly string[];
  readonly confusion: readonly (readonly number[])[];
  readonly step: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Rows are what a text is labelled, columns what the model said. A cell is the deeper, the larger its share of the row. */
const Confusion = memo(function Confusion({ labels, confusion, step }: ConfusionProps) {
  const totals = confusion.map(sum);
  const said = labels.map((_, column) => sum(confusion.map((row) => row[column] ?? 0)));
  const ratio = (part: number, whole: number): string => (whole > 0 ? figure(part / whole) : '—');
  return (
    <div className={classes.scroll} tabIndex={labels.length > 3 ? 0 : undefined} role="group" aria-label="Confusion matrix">
      <h3 className={classes.caption}>
        Confusion <span className={classes.aside}>step {count(step)}</span>
      </h3>
      <table className={classes.confusion} data-many={labels.length > 4 || undefined}>
        <thead>
          <tr>
            <td />
            {labels.map((label) => (
              <th key={label} scope="col">
                said
                <br />
                <span className={classes.label}>{label}</span>
              </th>
            ))}
            <th scope="col">recall</th>
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
                    style={{ background: `color-mix(in srgb, ${color} ${Math.round(8 + share * 42)}%, var(--card))` }}
                  >
                    {count(value)}
                  </td>
                );
              })}
              <td>{ratio(confusion[actual]?.[actual] ?? 0, totals[actual] ?? 0)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">precision</th>
            {labels.map((label, column) => (
              <td key={label}>{ratio(confusion[column]?.[column] ?? 0, said[column] ?? 0)}</td>
            ))}
            <td />
          </tr>
        </tfoot>
      </table>
    </div>
  );
});

const PerClass = memo(function PerClass({ labels, f1 }: { readonly labels: readonly string[]; readonly f1: readonly number[] }) {
  const dataClasses = useStore(
    dataStore,
    useShallow((state) => state.dataset?.profile.classes.map(({ label }) => label) ?? []),
  );
  return (
    <div>
      <h3 className={classes.caption}>
        F1 <span className={classes.aside}>for each class</span>
      </h3>
      <ul aria-label="F1 for each class" className={classes.bars} tabIndex={labels.length > 8 ? 0 : undefined}>
        {labels.map((label, index) => (
          <li key={label} className={classes.barRow}>
            <span className={classes.label}>{label}</span>
            <Bar parts={[{ share: f1[index] ?? 0, color: classColor(classPlace(label, dataClasses, index)) }]} />
            <span>{figure(f1[index])}</span>
          </li>
        ))}
      </ul>
    </div>
  );
});
