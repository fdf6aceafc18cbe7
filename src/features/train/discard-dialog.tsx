/** Asks before what was learnt is thrown away, and offers the other ends of a run beside it. */
import { Button } from '@mantine/core';
import { useStore } from 'zustand';
import { Dialog } from '../../components/dialog.tsx';
import { plural } from '../../lib/counts.ts';
import { runStore } from '../../stores/run.ts';
import classes from './run-bar.module.css';

export interface DiscardDialogProps {
  /** Whose weights stopping keeps. */
  readonly kept: string;
  readonly onClose: () => void;
}

export default function DiscardDialog({ kept, onClose }: DiscardDialogProps) {
  const step = useStore(runStore, ({ progress }) => progress.step);
  const end = (keep: boolean): void => {
    runStore.getState().stop(keep);
    onClose();
  };
  return (
    <Dialog title="Stop and discard?" onClose={onClose}>
      <p>
        What was learnt in {plural(step, 'step')} is lost, its curves too, and the model is again as it was opened. Stopping
        instead keeps the weights of {kept}.
      </p>
      <div className={classes.choices}>
        <Button size="sm" variant="default" onClick={onClose}>
          Go on training
        </Button>
        <Button size="sm" variant="default" onClick={() => end(false)}>
          Stop and discard
        </Button>
        <Button size="sm" variant="filled" onClick={() => end(true)}>
          Stop and keep {kept}
        </Button>
      </div>
    </Dialog>
  );
}
