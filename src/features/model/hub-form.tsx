/** Any model of the hub by its name: one field, with revision and token under a fold; while one is on its way, how far it is. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useStore } from 'zustand';
import { LinkButton } from '../../components/link-button.tsx';
import { Track } from '../../components/track.tsx';
import { transferFacts } from '../../components/transfer.ts';
import { libraryStore, type Transfer } from '../../stores/library.ts';
import { openHub } from '../../stores/session.ts';
import classes from './model.module.css';

export function HubForm({ disabled }: { readonly disabled: boolean }) {
  const transfer = useStore(libraryStore, (state) => state.transfer);
  const draft = useStore(libraryStore, (state) => state.draft);
  const { edit } = libraryStore.getState();
  if (transfer) return <OnItsWay transfer={transfer} />;
  return (
    <form
      className={classes.hub}
      onSubmit={(event) => {
        event.preventDefault();
        void openHub(draft);
      }}
    >
      <div className={classes.hubLine}>
        <TextInput
          className={classes.hubField}
          label="Hub model"
          placeholder="google-bert/bert-base-uncased"
          autoComplete="off"
          spellCheck={false}
          value={draft.model}
          onChange={(event) => edit({ model: event.currentTarget.value })}
        />
        <Button type="submit" variant="default" disabled={disabled || draft.model.trim() === ''}>
          Download
        </Button>
      </div>
      <details className={classes.fold}>
        <summary>Revision and token</summary>
        <div className={classes.foldFields}>
          <p className={classes.hint}>From huggingface.co. Only the model&rsquo;s files come in; nothing of yours goes out.</p>
          <TextInput
            label="Revision"
            description="A branch, tag or commit. Empty for the latest."
            autoComplete="off"
            spellCheck={false}
            value={draft.revision}
            onChange={(event) => edit({ revision: event.currentTarget.value })}
          />
          <PasswordInput
            label="Access token"
            description="For private and gated models. It goes to huggingface.co only and is forgotten when the page is closed."
            autoComplete="off"
            value={draft.token}
            onChange={(event) => edit({ token: event.currentTarget.value })}
          />
        </div>
      </details>
    </form>
  );
}

function OnItsWay({ transfer }: { readonly transfer: Transfer }) {
  return (
    <div className={classes.hub}>
      <div className={classes.summary}>
        <span className={classes.coming} title={transfer.name}>
          {transfer.name}
        </span>
        <LinkButton aria-label="Cancel download" onClick={() => libraryStore.getState().cancel()}>
          Cancel
        </LinkButton>
      </div>
      <Track fraction={transfer.total > 0 ? transfer.done / transfer.total : 0} label={`Download of ${transfer.name}`} />
      <p className={classes.hint}>{transferFacts(transfer)}</p>
    </div>
  );
}
