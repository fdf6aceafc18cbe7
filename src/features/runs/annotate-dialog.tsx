/** Another name for a run, and what one wants to remember of it. */
import { Button, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import { runsStore, type RunRecord } from '../../stores/runs.ts';
import classes from './runs.module.css';

const LONGEST_NAME = 100;

export default function AnnotateDialog({ record, onClose }: { readonly record: RunRecord; readonly onClose: () => void }) {
  const [name, setName] = useState(record.name);
  const [note, setNote] = useState(record.note);
  return (
    <Dialog title="Name and note" onClose={onClose}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          void runsStore.getState().annotate(record.id, { name, note });
          onClose();
        }}
      >
        <TextInput
          data-autofocus
          label="Name of the run"
          size="sm"
          maxLength={LONGEST_NAME}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea label="Note" rows={4} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
        <div className={classes.foot}>
          <Button variant="default" size="sm" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="filled" size="sm" disabled={name.trim() === ''}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
