/** The hand on a run: pause, go on, evaluate now, stop and keep, stop and discard; and a word to the person at its end. */
import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { LinkButton } from '../../components/link-button.tsx';
import { notifyStore } from '../../stores/notify.ts';
import { runStore } from '../../stores/run.ts';
import classes from './run-bar.module.css';

const DiscardDialog = lazy(() => import('./discard-dialog.tsx'));

export function RunControls() {
  const [discarding, setDiscarding] = useState(false);
  const [status, keepsBest, evaluated, inRun] = useStore(
    runStore,
    useShallow(({ status, settings, evaluation, progress }) => [
      status,
      settings?.load_best_model_at_end ?? false,
      evaluation !== null,
      progress.phase === 'train' || progress.phase === 'evaluate',
    ]),
  );
  const { stop, pause, resume, evaluateNow } = runStore.getState();
  const isPaused = status === 'pausing' || status === 'paused';
  const kept = keepsBest && evaluated ? 'the best evaluation' : 'the last step';
  return (
    <div className={classes.controls}>
      <NotifyAtTheEnd />
      <LinkButton disabled={!inRun || status === 'stopping'} onClick={evaluateNow}>
        Evaluate now
      </LinkButton>
      <LinkButton disabled={status === 'stopping'} onClick={() => setDiscarding(true)}>
        Discard
      </LinkButton>
      <Button variant="default" disabled={!inRun || status === 'stopping'} onClick={isPaused ? resume : pause}>
        {isPaused ? 'Resume' : 'Pause'}
      </Button>
      <Button
        variant="default"
        disabled={status === 'stopping'}
        title={`Ends the run and keeps the weights of ${kept}`}
        onClick={() => stop(true)}
      >
        Stop
      </Button>
      {discarding && (
        <Suspense fallback={null}>
          <DiscardDialog kept={kept} onClose={() => setDiscarding(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** Permission is asked for at the click, never before. */
function NotifyAtTheEnd() {
  const state = useStore(notifyStore, ({ state }) => state);
  if (state === 'impossible') return null;
  return (
    <LinkButton aria-pressed={state === 'on'} onClick={() => void notifyStore.getState().toggle()}>
      {state === 'on' ? 'Will notify' : 'Notify me'}
    </LinkButton>
  );
}
