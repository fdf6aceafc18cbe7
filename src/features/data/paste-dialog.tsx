/** A place to paste a table into, for who would rather not press Ctrl+V on the bare page. */
import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import classes from './data.module.css';

export interface PasteDialogProps {
  readonly onPaste: (text: string) => void;
  readonly onClose: () => void;
}

export default function PasteDialog({ onPaste, onClose }: PasteDialogProps) {
  const [text, setText] = useState('');
  return (
    <Dialog onClose={onClose} title="Paste a table" size="lg">
      <Textarea
        label="Table"
        description="Comma or tab between the columns, as spreadsheets copy them; the first line names the columns."
        rows={12}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      <div className={classes.dialogButtons}>
        <Button variant="default" size="sm" onClick={onClose}>
          Cancel
        </Button>
        <Button variant="filled" size="sm" disabled={text.trim() === ''} onClick={() => onPaste(text)}>
          Use this table
        </Button>
      </div>
    </Dialog>
  );
}
