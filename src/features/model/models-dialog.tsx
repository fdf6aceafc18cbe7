/** All ways to another model: the starter, what is on this machine, good ones of the hub, one's own files. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { Dialog } from '../../components/dialog.tsx';
import { size } from '../../components/format.ts';
import { LinkButton } from '../../components/link-button.tsx';
import type { CachedModel } from '../../protocol/library.ts';
import { libraryStore } from '../../stores/library.ts';
import { openCached, openHub, openStarter } from '../../stores/session.ts';
import { HUB_SUGGESTIONS } from './hub-models.ts';
import classes from './model.module.css';

export interface ModelsDialogProps {
  /** A run is on: nothing can be opened. */
  readonly disabled: boolean;
  readonly onClose: () => void;
  readonly openFiles: () => void;
  readonly openFolder: () => void;
}

export default function ModelsDialog({ disabled, onClose, openFiles, openFolder }: ModelsDialogProps) {
  const models = useStore(libraryStore, (state) => state.models);
  const busy = useStore(libraryStore, (state) => state.transfer !== null);
  useEffect(() => void libraryStore.getState().refresh(), []);
  const then = (work: () => Promise<void>) => () => {
    onClose();
    void work();
  };
  const here = new Set(models?.filter(({ complete }) => complete).map(({ id }) => id));
  return (
    <Dialog onClose={onClose} title="Models" size="lg">
      {disabled && <p className={classes.about}>A run is on; stop it first.</p>}
      <section>
        <h3 className={classes.heading}>On this machine</h3>
        <ul className={classes.models} aria-label="Models on this machine">
          <li>
            <span className={classes.what}>
              Starter <span className={classes.note}>comes with the page: English, 3 layers</span>
            </span>
            <span className={classes.facts}>24 MB</span>
            <LinkButton aria-label="Use Starter" disabled={disabled} onClick={then(openStarter)}>
              Use
            </LinkButton>
          </li>
          {models?.map((model) => (
            <Kept key={model.key} model={model} disabled={disabled || busy} onUse={then(() => openKept(model))} />
          ))}
        </ul>
        <p className={classes.links}>
          <LinkButton disabled={disabled} onClick={openFiles}>
            Open a zip or files
          </LinkButton>
          <LinkButton disabled={disabled} onClick={openFolder}>
            Open a folder
          </LinkButton>
        </p>
      </section>
      <section>
        <h3 className={classes.heading}>From the Hugging Face hub</h3>
        <ul className={classes.models} aria-label="Hub models">
          {HUB_SUGGESTIONS.filter(({ id }) => !here.has(id)).map(({ id, bytes, about }) => (
            <li key={id}>
              <span className={classes.what}>
                {id} <span className={classes.note}>{about}</span>
              </span>
              <span className={classes.facts}>{size(bytes)}</span>
              <LinkButton
                aria-label={`Download ${id}`}
                disabled={disabled || busy}
                onClick={then(() => openHub({ model: id, revision: '', token: '' }))}
              >
                Download
              </LinkButton>
            </li>
          ))}
        </ul>
        <p className={classes.hint}>
          Any other by its name in the field &ldquo;Hub model&rdquo;: BERT, DistilBERT, RoBERTa, XLM-RoBERTa, ELECTRA and
          DeBERTa-v2 or v3, in safetensors or pytorch_model.bin. Only the model&rsquo;s files come in; nothing of yours goes out.
          A model that is on this machine opens without a network.
        </p>
      </section>
    </Dialog>
  );
}

/** Opens a whole one; of a part, the rest is fetched first, from the same commit. */
function openKept(model: CachedModel): Promise<void> {
  if (model.complete) return openCached(model);
  const { token } = libraryStore.getState().draft;
  return openHub({ model: model.id, revision: model.revision, token });
}

function Kept({
  model,
  disabled,
  onUse,
}: {
  readonly model: CachedModel;
  readonly disabled: boolean;
  readonly onUse: () => void;
}) {
  const { id, revision, commit, complete, bytes, totalBytes } = model;
  const which = [revision === 'main' ? '' : revision, commit.slice(0, 7)].filter((part) => part !== '').join(' · ');
  return (
    <li>
      <span className={classes.what} title={`${id} ${commit}`}>
        {id} <span className={classes.note}>{which}</span>
      </span>
      <span className={classes.facts}>{complete ? size(bytes) : `${size(bytes)} of ${size(totalBytes)}`}</span>
      <LinkButton aria-label={`Remove ${id}`} disabled={disabled} onClick={() => void libraryStore.getState().remove(model)}>
        Remove
      </LinkButton>
      <LinkButton aria-label={`${complete ? 'Use' : 'Continue'} ${id}`} disabled={disabled} onClick={onUse}>
        {complete ? 'Use' : 'Continue'}
      </LinkButton>
    </li>
  );
}
