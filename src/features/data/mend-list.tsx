/** What was done to the data, in order; each can be taken back, the others are then applied anew. */
import { LinkButton } from '../../components/link-button.tsx';
import type { MadeMend } from '../../data/mends.ts';
import { dataStore } from '../../stores/data.ts';
import classes from './doctor.module.css';

export function MendList({ mends }: { readonly mends: readonly MadeMend[] }) {
  if (mends.length === 0) return null;
  return (
    <ol className={classes.mends} aria-label="Mends">
      {mends.map(({ words }, place) => (
        // The same mend may stand twice; its place is what it is taken back by.
        <li key={`${place} ${words}`}>
          <span>{words}</span>
          <LinkButton aria-label={`Undo: ${words}`} onClick={() => void dataStore.getState().undo(place)}>
            Undo
          </LinkButton>
        </li>
      ))}
    </ol>
  );
}
