/** A run that an earlier visit did not bring to its end: what it is, how far it came, and what can be done with it. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { count } from '../../components/format.ts';
import { runStore } from '../../stores/run.ts';
import { howFar, savedRunsStore } from '../../stores/saved-runs.ts';
import classes from './continue-card.module.css';

function moment(at: number): string {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const time = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return isToday ? `${time} today` : `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long' })}, ${time}`;
}

export function ContinueCard() {
  const [offer, elsewhere] = useStore(
    savedRunsStore,
    useShallow((state) => [state.offer, state.elsewhere]),
  );
  const isIdle = useStore(runStore, (state) => state.status === 'idle');
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  if (!offer || !isIdle) return null;
  const { about, checkpoints } = offer;
  const [latest] = checkpoints;
  const { goOn, discard, later, look } = savedRunsStore.getState();
  const goOnNow = async (): Promise<void> => {
    setBusy(true);
    await goOn().finally(() => setBusy(false));
  };
  return (
    <section className={classes.card} aria-label="Unfinished run">
      <div className={classes.words}>
        <strong>{latest ? `Continue from step ${count(latest.step)}?` : 'Begin the last run again?'}</strong>
        <p>
          {about.model.name} on {about.dataset.name}, begun at {moment(about.startedAt)}, ended {howFar(offer)}
          {latest && ` and was saved at ${moment(latest.at)}`}.{' '}
          {elsewhere
            ? 'Another tab trains it right now: watch it there. It can be continued here when that tab is closed.'
            : latest
              ? 'It goes on exactly where it was: same curve, same numbers.'
              : 'Its settings are kept.'}
        </p>
      </div>
      {asked ? (
        <div className={classes.buttons}>
          <span>Discard {latest ? `${count(latest.step)} steps of training` : 'the run'} for good?</span>
          <Button
            size="xs"
            color="red"
            onClick={() => {
              setAsked(false);
              void discard();
            }}
          >
            Discard the run
          </Button>
          <Button size="xs" variant="default" onClick={() => setAsked(false)}>
            Keep it
          </Button>
        </div>
      ) : (
        <div className={classes.buttons}>
          {elsewhere ? (
            <Button size="xs" variant="default" onClick={() => void look()}>
              Look again
            </Button>
          ) : (
            <>
              <Button size="xs" variant="filled" loading={busy} onClick={() => void goOnNow()}>
                {latest ? 'Continue' : 'Begin again'}
              </Button>
              <Button size="xs" variant="default" disabled={busy} onClick={() => setAsked(true)}>
                Discard
              </Button>
            </>
          )}
          <Button size="xs" variant="default" disabled={busy} onClick={later}>
            Later
          </Button>
        </div>
      )}
    </section>
  );
}
