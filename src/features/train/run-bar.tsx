/** The bar at the bottom: what goes on now with its progress, time left and Stop; between runs how the last one ended. */
import { Button } from '@mantine/core';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { clock, count, figure, percent } from '../../components/format.ts';
import { Track } from '../../components/track.tsx';
import { transferFacts } from '../../components/transfer.ts';
import { plural } from '../../lib/counts.ts';
import { dataStore } from '../../stores/data.ts';
import { libraryStore } from '../../stores/library.ts';
import { modelStore } from '../../stores/model.ts';
import { runStore, type RunProgress } from '../../stores/run.ts';
import classes from './run-bar.module.css';

const PHASES: Readonly<Record<RunProgress['phase'], string>> = {
  prepare: 'Preparing',
  download: 'Loading the model',
  compile: 'Getting the hardware ready',
  tokenize: 'Reading the texts',
  train: 'Training',
  evaluate: 'Evaluating',
  save: 'Saving',
};

export function RunBar() {
  const running = useStore(runStore, (state) => state.status !== 'idle');
  return <footer className={classes.bar}>{running ? <Running /> : <Waiting />}</footer>;
}

function Running() {
  const { progress, status, totalSteps, settings } = useStore(
    runStore,
    useShallow(({ progress, status, totalSteps, settings }) => ({ progress, status, totalSteps, settings })),
  );
  const { phase, fraction, step, epoch, secondsLeft } = progress;
  const inRun = phase === 'train' || phase === 'evaluate';
  const epochs = settings?.num_train_epochs ?? 1;
  return (
    <>
      <span className={classes.phase}>{status === 'stopping' ? 'Stopping' : PHASES[phase]}</span>
      <span className={classes.facts}>
        {inRun
          ? `epoch ${Math.min(epochs, Math.floor(epoch) + 1)} of ${count(epochs)} · step ${count(step)} of ${count(totalSteps)}`
          : percent(fraction)}
      </span>
      <Track fraction={fraction} label="Progress" />
      {secondsLeft !== null && <span className={classes.left}>{clock(secondsLeft)} left</span>}
      <Button variant="default" disabled={status === 'stopping'} onClick={() => runStore.getState().stop()}>
        Stop
      </Button>
    </>
  );
}

function Waiting() {
  const opening = useStore(dataStore, (state) => state.opening);
  const loading = useStore(modelStore, (state) => state.loading);
  const rows = useStore(dataStore, (state) => state.dataset?.profile.trainRows ?? null);
  const [result, best] = useStore(
    runStore,
    useShallow((state) => [state.result, state.best]),
  );
  const transfer = useStore(libraryStore, (state) => state.transfer);
  if (transfer) {
    return (
      <>
        <span className={classes.phase}>Downloading</span>
        <span className={classes.facts}>
          {transfer.name} · {transferFacts(transfer)}
        </span>
        <Track fraction={transfer.total > 0 ? transfer.done / transfer.total : 0} label={`Progress of ${transfer.name}`} />
        <Button variant="default" onClick={() => libraryStore.getState().cancel()}>
          Cancel
        </Button>
      </>
    );
  }
  const busy = opening ?? loading;
  if (busy) {
    return (
      <>
        <span className={classes.phase}>{opening ? 'Reading' : 'Loading'}</span>
        <span className={classes.facts}>
          {busy.name} · {percent(busy.fraction)}
        </span>
        <Track fraction={busy.fraction} label={`Progress of ${busy.name}`} />
      </>
    );
  }
  if (result) {
    return (
      <>
        <span className={classes.phase}>{result.outcome === 'finished' ? 'Finished' : 'Stopped'}</span>
        <span className={classes.facts}>
          {plural(result.steps, 'step')} in {clock(result.seconds)}
          {best && ` · best accuracy ${figure(best.accuracy)} at step ${count(best.step)}`}
        </span>
      </>
    );
  }
  return (
    <>
      <span className={classes.phase}>Ready</span>
      <span className={classes.facts}>
        {rows === null ? 'no data to train on yet' : `${plural(rows, 'text')} to train on · Ctrl+Enter starts`}
      </span>
    </>
  );
}
