/**
 * The two charts of a run, loss and quality, in words, as drawings and as a table; a chunk of its own, for recharts' sake. The quality is
 * drawn after the loss, so that no task is long. Axes are fixed to the run's steps and only ever grow.
 */
import { useDeferredValue, useMemo, useState, type ReactNode } from 'react';
import { count, figure } from '../../components/format.ts';
import { LinkButton } from '../../components/link-button.tsx';
import type { Evaluation } from '../../protocol/trainer.ts';
import type { LossPoint } from '../../stores/buckets.ts';
import { curvesStore, evaluationPoints, lossPoints } from '../../stores/curves.ts';
import { runStore } from '../../stores/run.ts';
import { LossChart, QualityChart } from './chart-lines.tsx';
import { useSampled } from './use-sampled.ts';
import classes from './charts.module.css';

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
  const { losses, evaluations, best, totalSteps, lossTop, qualityBottom } = useSampled(takeSnapshot);
  const [asTable, setAsTable] = useState(false);
  const quality = useDeferredValue(
    useMemo(() => ({ evaluations, best, totalSteps, bottom: qualityBottom }), [evaluations, best, totalSteps, qualityBottom]),
  );
  const last = evaluations.at(-1);
  const lastLoss = losses.at(-1);
  const lossWords = lastLoss
    ? `Loss after ${lastLoss.step} of ${totalSteps} steps: training ${figure(lastLoss.smooth)}${last ? `, validation ${figure(last.loss)}` : ''}.`
    : 'Loss: no steps yet.';
  const qualityWords = last
    ? `Quality at step ${last.step} of ${totalSteps}: accuracy ${figure(last.accuracy)}, macro F1 ${figure(last.macroF1)}; best accuracy ${figure(best?.accuracy)} at step ${best?.step ?? 0}.`
    : 'Quality: no evaluation yet.';
  const tableButton = <LinkButton onClick={() => setAsTable(!asTable)}>{asTable ? 'As curves' : 'As a table'}</LinkButton>;
  if (asTable) return <EvaluationTable losses={losses} evaluations={evaluations} totalSteps={totalSteps} action={tableButton} />;
  return (
    <div className={classes.charts}>
      <Figure
        title="Loss"
        words={lossWords}
        keys={[
          { name: 'training', color: 'var(--curve-1)' },
          { name: 'validation', color: 'var(--curve-2)' },
        ]}
      >
        <LossChart evaluations={evaluations} totalSteps={totalSteps} top={lossTop} />
      </Figure>
      <Figure
        title="Quality"
        words={qualityWords}
        keys={[
          { name: 'accuracy', color: 'var(--curve-1)' },
          { name: 'macro F1', color: 'var(--curve-3)' },
        ]}
        action={tableButton}
      >
        <QualityChart {...quality} />
      </Figure>
    </div>
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

interface EvaluationTableProps extends Pick<Snapshot, 'losses' | 'evaluations' | 'totalSteps'> {
  readonly action: ReactNode;
}

function EvaluationTable({ losses, evaluations, totalSteps, action }: EvaluationTableProps) {
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
