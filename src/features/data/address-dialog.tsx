/** Brings a dataset in from elsewhere: the address of a file, or the id of a dataset of the Hugging Face hub. */
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import type { DataSource } from '../../data/types.ts';
import classes from './data.module.css';

export interface AddressDialogProps {
  readonly onOpen: (source: DataSource) => void;
  readonly onClose: () => void;
}

/** An address of the hub's pages names a dataset; any other is a file's. */
function sourceOf(text: string): DataSource {
  const address = text.trim();
  const isHub = /^https:\/\/huggingface\.co\/datasets\/[^/]+(\/[^/]+)?\/?$/.test(address) || !address.includes('://');
  return isHub ? { kind: 'hub', id: address } : { kind: 'url', url: address };
}

export default function AddressDialog({ onOpen, onClose }: AddressDialogProps) {
  const [text, setText] = useState('');
  return (
    <Dialog onClose={onClose} title="Open from the web" size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') onOpen(sourceOf(text));
        }}
      >
        <TextInput
          label="Address or dataset id"
          description="The address of a file (https://…), or a dataset of the Hugging Face hub, such as stanfordnlp/imdb. It is fetched once, now; nothing of yours is sent."
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
        />
        <div className={classes.dialogButtons}>
          <Button variant="default" size="sm" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="filled" size="sm" disabled={text.trim() === ''}>
            Fetch
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
