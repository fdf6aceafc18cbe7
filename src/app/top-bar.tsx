/** The top bar: the name, what the page computes on and why, what left this machine, the choice of hardware, and help. */
import { Kbd, NativeSelect } from '@mantine/core';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { ComputeChoice } from '../engine/backend/types.ts';
import { KernelsButton } from '../features/kernels/kernels-button.tsx';
import { ProblemList } from '../components/problem-list.tsx';
import { computeStore } from '../stores/compute.ts';
import { problemsStore } from '../stores/problems.ts';
import { runStore } from '../stores/run.ts';
import { runsViewStore } from '../stores/runs-view.ts';
import { chooseCompute } from '../stores/session.ts';
import { ComputeChip } from './compute-chip.tsx';
import { RequestCounter } from './request-counter.tsx';
import classes from './app.module.css';

const CHOICES: readonly { readonly value: ComputeChoice; readonly label: string }[] = [
  { value: 'auto', label: 'Automatic' },
  { value: 'webgpu', label: 'WebGPU' },
  { value: 'cpu', label: 'CPU' },
];

export function TopBar({ onHelp }: { readonly onHelp: () => void }) {
  const problems = useStore(
    problemsStore,
    useShallow((state) => state.problems.filter(({ place }) => place === 'compute')),
  );
  return (
    <header className={classes.top}>
      <div className={classes.bar}>
        <span className={classes.brand}>Tabtune</span>
        <ComputeChip />
        <RequestCounter />
        <span className={classes.space} />
        <ComputeSelect />
        <RunsButton />
        <KernelsButton />
        <button type="button" className={classes.help} onClick={onHelp}>
          Help <Kbd size="xs">?</Kbd>
        </button>
      </div>
      {problems.length > 0 && (
        <div className={classes.strip}>
          <ProblemList problems={problems} onDismiss={problemsStore.getState().dismiss} />
        </div>
      )}
    </header>
  );
}

function RunsButton() {
  const open = useStore(runsViewStore, (state) => state.open);
  return (
    <button type="button" className={classes.help} aria-pressed={open} onClick={runsViewStore.getState().toggle}>
      Runs <Kbd size="xs">R</Kbd>
    </button>
  );
}

function ComputeSelect() {
  const choice = useStore(computeStore, (state) => state.choice);
  const starting = useStore(computeStore, (state) => state.starting);
  const running = useStore(runStore, (state) => state.status !== 'idle');
  return (
    <label className={classes.compute}>
      Compute
      <NativeSelect
        className={classes.computeSelect}
        value={choice}
        data={CHOICES.map(({ value, label }) => ({ value, label }))}
        disabled={running || starting}
        title={running ? 'Can be changed when the run has ended' : 'Which hardware to train on'}
        onChange={(event) => {
          const chosen = CHOICES.find(({ value }) => value === event.currentTarget.value);
          if (chosen) void chooseCompute(chosen.value);
        }}
      />
    </label>
  );
}
