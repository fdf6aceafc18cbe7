/**
 * The two charts of a run, loss and quality, in words, as drawings and as a table; a chunk of its own, for recharts' sake. The quality is
 * drawn after the loss, so that no task is long. Axes are fixed to the run's steps and only ever grow.
 */
import { useState, type ReactNode } from 'react';
import { count, figure } from '../../components/format.ts';
import { LinkButton } from '../../components/link-button.tsx';
import type { Evaluation } from '../../protocol/trainer.ts';
import type { LossPoint } from '../../stores/buckets.ts';
import { curvesStore, evaluationPoints, lossPoints } from '../../stores/curves.ts';
import { runStore } from '../../stores/run.ts';
import { LossChart, QualityChart } from './chart-lines.tsx';
import { useSampled } from './use-sampled.ts';
import { useSoon } from './use-soon.ts';
import classes from './charts.module.css';

/** Milliseconds between two looks at the curves; different ones, so that the two charts are seldom redrawn in one task. */
const LOSS_INTERVAL = 250;
const QUALITY_INTERVAL = 400;

const LOSS_KEYS = [
  { name: 'training', color: 'var(--curve-1)' },
  { name: 'validation', color: 'var(--curve-2)' },
];
const QUALITY_KEYS = [
  { name: 'accuracy', color: 'var(--curve-1)' },
  { name: 'macro F1', color: 'var(--curve-3)' },
];

interface Snapshot {
  readonly losses: readonly LossPoint[];
  readonly evaluations: readonly Evaluation[];
  readonly best: Evaluation | null;
  readonly totalSteps: number;
  readonly lossTop: number;
  readonly qualityBottom: number;
}

function takeSnapshot(): Snapshot {
  const { totalSteps, lossTop, qualityBottom } = curvesStore.getState();
  return {
    losses: lossPoints(),
    evaluations: evaluationPoints(),
    best: runStore.getState().best,
    totalSteps,
    lossTop,
    qualityBottom,
  };
}

export default function Charts() {
  const [asTable, setAsTable] = useState(false);
  const second = useSoon(150);
  const tableButton = <LinkButton onClick={() => setAsTable(!asTable)}>{asTable ? 'As curves' : 'As a table'}</LinkButton>;
  if (asTable) return <EvaluationTable action={tableButton} />;
  return (
    <div className={classes.charts}>
      <LossFigure />
      {second && <QualityFigure action={tableButton} />}
    </div>
  );
}

function LossFigure() {
  const { losses, evaluations, totalSteps, lossTop } = useSampled(takeSnapshot, LOSS_INTERVAL);
  const validation = evaluations.at(-1);
  const training = losses.at(-1);
  const words = training
    ? `Loss after ${training.step} of ${totalSteps} steps: training ${figure(training.smooth)}, validation ${figure(validation?.loss)}.`
    : 'Loss: no steps yet.';
  return (
    <Figure title="Loss" words={words} keys={LOSS_KEYS}>
      <LossChart evaluations={evaluations} totalSteps={totalSteps} top={lossTop} />
    </Figure>
  );
}

function QualityFigure({ action }: { readonly action: ReactNode }) {
  const { evaluations, best, totalSteps, qualityBottom } = useSampled(takeSnapshot, QUALITY_INTERVAL);
  const last = evaluations.at(-1);
  const words =
    last && best
      ? `Quality at step ${last.step} of ${totalSteps}: accuracy ${figure(last.accuracy)}, macro F1 ${figure(last.macroF1)}; ` +
        `best accuracy ${figure(best.accuracy)} at step ${best.step}.`
      : 'Quality: no evaluation yet.';
  return (
    <Figure title="Quality" words={words} keys={QUALITY_KEYS} action={action}>
      <QualityChart evaluations={evaluations} best={best} totalSteps={totalSteps} bottom={qualityBottom} />
    </Figure>
  );
}

interface FigureProps {
  readonly title: string;
  readonly words: string;
  readonly keys: readonly { readonly name: string; readonly color: string }[];
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

function Figure({ title, words, keys, action, children }: FigureProps) {
  return (
    <div className={classes.figure}>
      <div className={classes.head}>
        <h3 className={classes.title}>{title}</h3>
        {keys.map(({ name, color }) => (
          <span key={name} className={classes.key}>
            <i aria-hidden style={{ background: color }} />
            {name}
          </span>
        ))}
        <span className={classes.action}>{action}</span>
      </div>
      <div role="img" aria-label={words} className={classes.plot}>
        {children}
      </div>
    </div>
  );
}

function EvaluationTable({ action }: { readonly action: ReactNode }) {
  const { losses, evaluations, totalSteps } = useSampled(takeSnapshot, QUALITY_INTERVAL);
  return (
    <div>
      <div className={classes.head}>
        <h3 className={classes.title}>Evaluations</h3>
        <span className={classes.key}>of {count(totalSteps)} steps</span>
        <span className={classes.action}>{action}</span>
      </div>
      <div className={classes.scroll} tabIndex={0} role="group" aria-label="Evaluations">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col">Training loss, smoothed</th>
              <th scope="col">Validation loss</th>
              <th scope="col">Accuracy</th>
              <th scope="col">Macro F1</th>
            </tr>
          </thead>
          <tbody>
            {evaluations.map(({ step, loss, accuracy, macroF1 }) => (
              <tr key={step}>
                <td>{count(step)}</td>
                <td>{figure(losses.findLast((point) => point.step <= step)?.smooth)}</td>
                <td>{figure(loss)}</td>
                <td>{figure(accuracy)}</td>
                <td>{figure(macroF1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
