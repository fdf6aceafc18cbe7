/** The latest figures of the run. Each is an `<output>` that holds the number alone, an em dash before there is one. */
import { useId, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { count, figure } from '../../components/format.ts';
import { doctorStore } from '../../stores/doctor.ts';
import { runStore } from '../../stores/run.ts';
import classes from './train.module.css';

function Tile({
  label,
  value,
  note,
  baseline,
}: {
  readonly label: string;
  readonly value: number | null | undefined;
  readonly note: ReactNode;
  /** What words alone reach on the same rows. */
  readonly baseline?: number | undefined;
}) {
  const id = useId();
  return (
    <div className={classes.tile}>
      <span id={id} className={classes.tileLabel}>
        {label}
      </span>
      {/* Figures change several times a second; evaluations are announced by announcer.tsx instead. */}
      <output aria-labelledby={id} aria-live="off" className={classes.figure} data-empty={value == null || undefined}>
        {figure(value)}
      </output>
      <span className={classes.note}>{note}</span>
      {baseline !== undefined && (
        <span className={classes.note} title="TF-IDF and logistic regression on the same split">
          Baseline {figure(baseline)}
        </span>
      )}
    </div>
  );
}

export function Tiles() {
  return (
    <div className={classes.tiles}>
      <Accuracy />
      <MacroF1 />
      <ValidationLoss />
      <TrainingLoss />
    </div>
  );
}

function Accuracy() {
  const [accuracy, best, several] = useStore(
    runStore,
    useShallow((state) => [state.evaluation?.accuracy, state.best, state.evaluation?.metrics?.severalLabels != null]),
  );
  const baseline = useStore(doctorStore, (state) => state.baseline?.logistic.accuracy);
  const note = several ? 'all labels of a text right' : best && `best at step ${count(best.step)}`;
  return <Tile label="Validation accuracy" value={accuracy} baseline={baseline} note={note} />;
}

function MacroF1() {
  const evaluation = useStore(runStore, (state) => state.evaluation);
  const classNames = useStore(runStore, (state) => state.classes);
  const baseline = useStore(doctorStore, (state) => state.baseline?.logistic.macroF1);
  const interval = evaluation?.metrics?.macroF1Interval;
  const lowest = evaluation ? Math.min(...evaluation.perClassF1) : null;
  const weakest = evaluation && lowest !== null ? classNames[evaluation.perClassF1.indexOf(lowest)] : undefined;
  const note = interval
    ? `${figure(interval.low)} to ${figure(interval.high)} at 95 %`
    : weakest !== undefined && `lowest ${figure(lowest)}, ${weakest}`;
  return <Tile label="Macro F1" value={evaluation?.macroF1} baseline={baseline} note={note} />;
}

function ValidationLoss() {
  const [loss, step] = useStore(
    runStore,
    useShallow((state) => [state.evaluation?.loss, state.evaluation?.step]),
  );
  return <Tile label="Validation loss" value={loss} note={step !== undefined && `at step ${count(step)}`} />;
}

function TrainingLoss() {
  const [loss, rows] = useStore(
    runStore,
    useShallow((state) => [state.trainingLoss, state.progress.rowsPerSecond]),
  );
  return <Tile label="Training loss" value={loss} note={rows !== null && `${count(rows)} rows a second`} />;
}
