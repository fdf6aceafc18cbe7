/** The last evaluation in detail: who is taken for whom, each class's figures, what else is measured, and the pinned sentences. */
import { useDeferredValue } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { Confusion } from '../../components/evaluation/confusion.tsx';
import { Measures } from '../../components/evaluation/measures.tsx';
import { PerClass } from '../../components/evaluation/per-class.tsx';
import classes from '../../components/evaluation/evaluation.module.css';
import { dataClasses, dataStore } from '../../stores/data.ts';
import { runStore } from '../../stores/run.ts';
import { Pinned } from './pinned.tsx';

export function Quality() {
  const evaluation = useDeferredValue(useStore(runStore, (state) => state.evaluation));
  const labels = useStore(runStore, (state) => state.classes);
  const inData = useStore(dataStore, useShallow(dataClasses));
  if (!evaluation) return null;
  return (
    <>
      <div className={classes.quality}>
        {/* Where texts have several labels there is no one class that a text is taken for. */}
        {evaluation.confusion.length > 0 && <Confusion labels={labels} confusion={evaluation.confusion} step={evaluation.step} />}
        <Pinned />
      </div>
      <div className={classes.quality}>
        <PerClass labels={labels} dataClasses={inData} evaluation={evaluation} />
        <Measures evaluation={evaluation} />
      </div>
    </>
  );
}
