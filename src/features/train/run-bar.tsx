/** The bar at the bottom: what goes on now with its progress, time left and Stop; between runs how the last one ended. */
import { Button } from '@mantine/core';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { bestWords } from '../../components/chart/run-chart-model.ts';
import { clock, count, percent } from '../../components/format.ts';
import { Track } from '../../components/track.tsx';
import { transferFacts } from '../../components/transfer.ts';
import { plural } from '../../lib/counts.ts';
import { dataStore } from '../../stores/data.ts';
import { libraryStore } from '../../stores/library.ts';
import { modelStore } from '../../stores/model.ts';
import { runStore } from '../../stores/run.ts';
import { RunControls } from './run-controls.tsx';
import { phaseName } from './words.ts';
import classes from './run-bar.module.css';

const OUTCOMES = { finished: 'Finished', stopped: 'Stopped', failed: 'Failed', discarded: 'Discarded' } as const;

export function RunBar() {
  const running = useStore(runStore, (state) => state.status !== 'idle');
  return <footer className={classes.bar}>{running ? <Running /> : <Waiting />}</footer>;
}

function Running() {
  const { progress, status, totalSteps, settings, saved } = useStore(
    runStore,
    useShallow(({ progress, status, totalSteps, settings, saved }) => ({ progress, status, totalSteps, settings, saved })),
  );
  const { phase, fraction, step, epoch, secondsLeft } = progress;
  const inRun = phase === 'train' || phase === 'evaluate' || phase === 'save';
  const epochs = settings?.num_train_epochs ?? 1;
  return (
    <>
      <span className={classes.phase}>{phaseName(status, phase)}</span>
      <span className={classes.facts}>
        {inRun
          ? `epoch ${Math.min(epochs, Math.floor(epoch) + 1)} of ${count(epochs)} · step ${count(step)} of ${count(totalSteps)}`
          : percent(fraction)}
      </span>
      <Track fraction={fraction} label="Progress" />
      {saved && inRun && (
        <span className={classes.left} title={`In ${saved.seconds.toFixed(1)} s`}>
          {saved.place === 'disk' ? 'saved' : 'held in memory'} at step {count(saved.step)}
        </span>
      )}
      {inRun && <span className={classes.left}>{secondsLeft === null ? 'warming up' : `${clock(secondsLeft)} left`}</span>}
      <RunControls />
    </>
  );
}

function Waiting() {
  const opening = useStore(dataStore, (state) => state.opening);
  const loading = useStore(modelStore, (state) => state.loading);
  const rows = useStore(dataStore, (state) => state.dataset?.profile?.trainRows ?? null);
  const [result, best, settings] = useStore(
    runStore,
    useShallow((state) => [state.result, state.best, state.settings]),
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
        <span className={classes.phase}>{OUTCOMES[result.outcome]}</span>
        <span className={classes.facts}>
          {plural(result.steps, 'step')} in {clock(result.seconds)}
          {best && ` · ${bestWords(best, settings?.metric_for_best_model)}`}
          {result.weightsStep < result.steps && ' · its weights are kept'}
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
