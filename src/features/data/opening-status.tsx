/** What is being read, how far it is, and a way to stop it. */
import { useStore } from 'zustand';
import { percent } from '../../components/format.ts';
import { LinkButton } from '../../components/link-button.tsx';
import { dataStore } from '../../stores/data.ts';

export function OpeningStatus() {
  const opening = useStore(dataStore, (state) => state.opening);
  if (!opening) return null;
  return (
    <>
      Reading {opening.name} · {percent(opening.fraction)} ·{' '}
      <LinkButton onClick={() => dataStore.getState().cancel()} aria-label="Cancel reading">
        Cancel
      </LinkButton>
    </>
  );
}
