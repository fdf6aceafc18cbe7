/** Whether the dataset is there after a reload, and the way to have it so or not. */
import { VisuallyHidden } from '@mantine/core';
import { useStore } from 'zustand';
import { LinkButton } from '../../components/link-button.tsx';
import { keptDataStore } from '../../stores/kept-data.ts';
import classes from './data.module.css';

export function KeptLine() {
  const { status, why } = useStore(keptDataStore);
  const { keep, remove } = keptDataStore.getState();
  if (status === 'none') return null;
  return (
    <p className={classes.kept} role="status">
      {status === 'keeping' && 'Being kept on this machine…'}
      {status === 'kept' && (
        <>
          <span title="It is there after a reload">
            Kept <VisuallyHidden component="span">on this machine</VisuallyHidden>
          </span>
          <LinkButton onClick={() => void remove()} aria-label="Remove from this machine">
            Remove
          </LinkButton>
        </>
      )}
      {status === 'memory' && (
        <>
          <span>{why ? `In memory only. ${why.where}: expected ${why.expected}, found ${why.found}.` : 'In memory only'}</span>
          <LinkButton onClick={keep} aria-label="Keep on this machine">
            Keep
          </LinkButton>
        </>
      )}
    </p>
  );
}
