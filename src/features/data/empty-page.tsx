/** The first visit: one place to drop a table, one sentence of what this is, the sample, and a way back to a model. */
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { percent } from '../../components/format.ts';
import { ProblemList } from '../../components/problem-list.tsx';
import { dataStore } from '../../stores/data.ts';
import { modelStore } from '../../stores/model.ts';
import { problemsStore } from '../../stores/problems.ts';
import { DataPicker } from './data-picker.tsx';
import { SampleCredit } from './sample-credit.tsx';
import classes from './data.module.css';

export interface EmptyPageProps {
  /** The link that opens a model; it belongs to another feature. */
  readonly openModel: React.ReactNode;
}

export function EmptyPage({ openModel }: EmptyPageProps) {
  const problems = useStore(
    problemsStore,
    useShallow((state) => state.problems.filter(({ place }) => place !== 'compute')),
  );
  const opening = useStore(dataStore, (state) => state.opening);
  const loading = useStore(modelStore, (state) => state.loading);
  const busy = opening ?? loading;
  return (
    <div className={classes.zone}>
      <div className={classes.drop}>
        <h1>Teach a model to sort your texts</h1>
        <p className={classes.lead}>
          Drop a table with a text column and a label column. It trains here, on your own machine; nothing is uploaded.
        </p>
        <DataPicker large status={busy && `Reading ${busy.name} · ${percent(busy.fraction)}`} />
      </div>
      <div className={classes.below}>
        <ProblemList problems={problems} onDismiss={problemsStore.getState().dismiss} />
        <p className={classes.open}>{openModel} you trained before</p>
        <SampleCredit />
      </div>
    </div>
  );
}
