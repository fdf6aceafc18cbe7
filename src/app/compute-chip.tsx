/** What the page computes on and why; on WebGPU also how its matrix products are cut, and the button that measures it. */
import { Button, Popover, Tooltip, VisuallyHidden } from '@mantine/core';
import { useStore } from 'zustand';
import type { ComputeInfo } from '../engine/backend/types.ts';
import { ProblemList } from '../components/problem-list.tsx';
import { computeStore } from '../stores/compute.ts';
import { problemsStore } from '../stores/problems.ts';
import { runStore } from '../stores/run.ts';
import classes from './app.module.css';

export function ComputeChip() {
  const info = useStore(computeStore, (state) => state.info);
  if (!info) return <span className={classes.chip}>Looking at the hardware</span>;
  if (info.backend === 'webgpu') return <GpuChip info={info} />;
  return (
    <Tooltip label={info.reason}>
      <span className={classes.chip} tabIndex={0} role="note">
        <i aria-hidden className={classes.dot} data-kind={info.backend} />
        {info.title}
        <VisuallyHidden>. {info.reason}</VisuallyHidden>
      </span>
    </Tooltip>
  );
}

function GpuChip({ info }: { readonly info: ComputeInfo }) {
  return (
    <Popover
      width={320}
      position="bottom-start"
      shadow="md"
      withinPortal
      trapFocus
      onOpen={() => void computeStore.getState().refresh()}
    >
      <Popover.Target>
        <button type="button" className={classes.chipButton} aria-label={`Hardware: ${info.title}. ${info.reason}`}>
          <i aria-hidden className={classes.dot} data-kind={info.backend} />
          {info.title}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.gpu}>
        <p>{info.reason}</p>
        <Tuning info={info} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Tuning({ info: { tiles } }: { readonly info: ComputeInfo }) {
  const tuning = useStore(computeStore, (state) => state.tuning);
  const running = useStore(runStore, (state) => state.status !== 'idle');
  const problems = useStore(problemsStore, (state) => state.problems).filter(({ place }) => place === 'tuning');
  if (tiles?.tunable === false) {
    return <p className={classes.quiet}>Its matrix tiles are not measured: a software adapter gains nothing by it.</p>;
  }
  return (
    <>
      <p className={classes.quiet}>{tiles?.kind === 'tuned' ? TUNED : UNTUNED}</p>
      <Button
        size="xs"
        variant="default"
        disabled={running || tuning !== null}
        title={running ? 'Can be measured when the run has ended' : undefined}
        onClick={() => void computeStore.getState().tune()}
      >
        {tuning === null ? 'Tune for this GPU' : `Measuring, ${Math.round(100 * tuning)} %`}
      </Button>
      <ProblemList problems={problems} onDismiss={problemsStore.getState().dismiss} />
    </>
  );
}

const TUNED = 'Its matrix products are cut by tiles that were measured on this GPU. They are kept for the next visit.';
const UNTUNED =
  'Its matrix products are cut by size, until the tiles that are fastest on this GPU are known. They are measured by themselves while nothing else runs, which takes some seconds.';
