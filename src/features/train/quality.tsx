/** The last evaluation in detail: who is taken for whom, each class's figures, what else is measured, and the pinned sentences. */
import { memo, useDeferredValue, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { Bar } from '../../components/bar.tsx';
import { classColor, classPlace } from '../../components/class-color.ts';
import { count, figure, percent } from '../../components/format.ts';
import { LinkButton } from '../../components/link-button.tsx';
import type { Evaluation } from '../../protocol/trainer.ts';
import { dataStore } from '../../stores/data.ts';
import { runStore } from '../../stores/run.ts';
import { Pinned } from './pinned.tsx';
import classes from './quality.module.css';

export function Quality() {
  const evaluation = useDeferredValue(useStore(runStore, (state) => state.evaluation));
  const labels = useStore(runStore, (state) => state.classes);
  if (!evaluation) return null;
  return (
    <>
      <div className={classes.quality}>
        <Confusion labels={labels} confusion={evaluation.confusion} step={evaluation.step} />
        <Pinned />
      </div>
      <div className={classes.quality}>
        <PerClass labels={labels} evaluation={evaluation} />
        <Measures evaluation={evaluation} />
      </div>
    </>
  );
}

interface ConfusionProps {
  readonly labels: readonly string[];
  readonly confusion: readonly (readonly number[])[];
  readonly step: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Rows are what a text is labelled, columns what the model said. A cell is the deeper, the larger its share of the row. */
const Confusion = memo(function Confusion({ labels, confusion, step }: ConfusionProps) {
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

interface PerClassProps {
  readonly labels: readonly string[];
  readonly evaluation: Evaluation;
}

const PerClass = memo(function PerClass({ labels, evaluation: { metrics, perClassF1 } }: PerClassProps) {
  const dataClasses = useStore(
    dataStore,
    useShallow((state) => state.dataset?.profile.classes.map(({ label }) => label) ?? []),
  );
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

/** What each measure says, for who does not use it every day. */
const Measures = memo(function Measures({ evaluation: { macroF1, loss, metrics } }: { readonly evaluation: Evaluation }) {
  const interval = metrics?.macroF1Interval;
  const rows: readonly (readonly [name: string, value: string, meaning: string])[] = [
    [
      'Macro F1',
      interval ? `${figure(macroF1)} (${figure(interval.low)} to ${figure(interval.high)})` : figure(macroF1),
      'with its 95 % interval',
    ],
    ['Weighted F1', figure(metrics?.weighted.f1), 'by the rows of each class'],
    ['MCC', figure(metrics?.mcc), '1 is perfect, 0 is guessing'],
    ['ROC AUC', figure(metrics?.rocAuc), '0.5 is guessing'],
    ['Log loss', figure(loss), 'sure and wrong costs most'],
    ['Calibration error', figure(metrics?.expectedCalibrationError), '0: as often right as it is sure'],
  ];
  return (
    <div>
      <h3 className={classes.caption}>Measures</h3>
      <dl className={classes.measures}>
        {rows.map(([name, value, meaning]) => (
          <div key={name}>
            <dt>
              {name} <span className={classes.aside}>{meaning}</span>
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
});
