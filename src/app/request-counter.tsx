/** The privacy counter of the top bar: how many requests left this machine since the model is there, and behind it all of them. */
import { lazy, Suspense, useState } from 'react';
import { useStore } from 'zustand';
import { plural } from '../lib/counts.ts';
import { networkStore, sinceModel } from '../stores/network.ts';
import classes from './app.module.css';

const RequestsDialog = lazy(() => import('./requests-dialog.tsx'));

export function RequestCounter() {
  const counting = useStore(networkStore, (state) => state.counting);
  const count = useStore(networkStore, (state) => sinceModel(state));
  const hasModel = useStore(networkStore, (state) => state.modelSince !== null);
  const [open, setOpen] = useState(false);
  if (!counting) return null;
  const since = hasModel ? `${plural(count, 'request')} since the model is there` : 'no model yet';
  return (
    <>
      <button type="button" className={classes.chipButton} onClick={() => setOpen(true)} aria-label={`Requests: ${since}`}>
        <svg aria-hidden viewBox="0 0 16 16" width="13" height="13" fill="none" stroke="currentColor" strokeWidth="1.5">
          <path d="M8 1.5 13.5 3.5v4c0 3.2-2.2 5.8-5.5 7-3.3-1.2-5.5-3.8-5.5-7v-4z" strokeLinejoin="round" />
        </svg>
        {hasModel ? plural(count, 'request') : 'Requests'}
      </button>
      {open && (
        <Suspense fallback={null}>
          <RequestsDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
