/** Where a training step's time goes on this machine, kernel by kernel, beside what the hardware can do at most. */
import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemList } from '../../components/problem-list.tsx';
import { Track } from '../../components/track.tsx';
import type { ProfileRows } from '../../protocol/trainer.ts';
import { dataStore } from '../../stores/data.ts';
import { kernelsStore } from '../../stores/kernels.ts';
import { problemsStore } from '../../stores/problems.ts';
import { runStore } from '../../stores/run.ts';
import { saveKernelsCsv } from './kernels-csv.ts';
import { KernelTable } from './kernel-table.tsx';
import { ProfileFigures } from './profile-figures.tsx';
import classes from './kernels.module.css';

const ROWS: readonly { readonly value: ProfileRows; readonly label: string }[] = [
  { value: 'dataset', label: 'First batch of your data' },
  { value: 'synthetic', label: 'Made-up rows, all equally long' },
];

export default function KernelsDialog({ onClose }: { readonly onClose: () => void }) {
  const profile = useStore(kernelsStore, (state) => state.profile);
  const progress = useStore(kernelsStore, (state) => state.progress);
  const hasData = useStore(dataStore, (state) => Boolean(state.dataset?.profile));
  const running = useStore(runStore, (state) => state.status !== 'idle');
  const problems = useStore(
    problemsStore,
    useShallow((state) => state.problems.filter(({ place }) => place === 'compute')),
  );
  const [chosen, setChosen] = useState<ProfileRows>('dataset');
  const from = hasData ? chosen : 'synthetic';
  return (
    <Dialog onClose={onClose} title="Kernels" size="72rem">
      <p className={classes.about}>
        Runs a few training steps with the present settings on a copy of the model, and measures what the hardware can do at most.
        What you have trained stays as it is.
      </p>
      <div className={classes.controls}>
        <NativeSelect
          label="Batch"
          value={from}
          data={ROWS.filter(({ value }) => hasData || value === 'synthetic')}
          disabled={progress !== null}
          onChange={(event) => {
            const next = ROWS.find(({ value }) => value === event.currentTarget.value);
            if (next) setChosen(next.value);
          }}
        />
        <Button
          variant="filled"
          disabled={running || progress !== null}
          onClick={() => void kernelsStore.getState().measure(from)}
        >
          {profile ? 'Measure again' : 'Measure'}
        </Button>
        {profile && (
          <Button variant="default" onClick={() => void saveKernelsCsv(profile)}>
            Save as CSV
          </Button>
        )}
        {running && <span className={classes.soft}>A run is on: measure when it has ended.</span>}
      </div>
      {progress !== null && <Track fraction={progress} label="Measuring" />}
      <ProblemList problems={problems} onDismiss={problemsStore.getState().dismiss} />
      {profile && (
        <div className={classes.results} aria-busy={progress !== null}>
          <ProfileFigures profile={profile} />
          <KernelTable profile={profile} />
        </div>
      )}
    </Dialog>
  );
}
