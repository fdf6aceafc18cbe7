/** The first visit: one place to drop a table, one sentence of what this is, the sample, and a way back to a model. */
import { useStore } from 'zustand';
import { percent } from '../../components/format.ts';
import { dataStore } from '../../stores/data.ts';
import { modelStore } from '../../stores/model.ts';
import type { Place } from '../../stores/problems.ts';
import { DataPicker } from './data-picker.tsx';
import { DataProblems } from './data-problems.tsx';
import { OpeningStatus } from './opening-status.tsx';
import { SampleCredit } from './sample-credit.tsx';
import classes from './data.module.css';

export interface EmptyPageProps {
  /** The link that opens a model; it belongs to another feature. */
  readonly openModel: React.ReactNode;
}

const notCompute = (place: Place): boolean => place !== 'compute';

export function EmptyPage({ openModel }: EmptyPageProps) {
  const opening = useStore(dataStore, (state) => state.opening !== null);
  const loading = useStore(modelStore, (state) => state.loading);
  return (
    <div className={classes.zone}>
      <div className={classes.drop}>
        <h1>Teach a model to sort your texts</h1>
        <p className={classes.lead}>
          Drop a table with a text column and a label column. It trains here, on your own machine; nothing is uploaded.
        </p>
        <DataPicker
          large
          status={opening ? <OpeningStatus /> : loading && `Reading ${loading.name} · ${percent(loading.fraction)}`}
        />
      </div>
      <div className={classes.below}>
        <DataProblems places={notCompute} />
        <p className={classes.open}>{openModel} you trained before</p>
        <SampleCredit />
      </div>
    </div>
  );
}
