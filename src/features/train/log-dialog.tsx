/** The run in words, to read and to copy. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import { runLog } from '../../stores/run-log.ts';
import { saveFile } from '../../stores/save-file.ts';
import classes from './run-bar.module.css';

export default function LogDialog({ onClose }: { readonly onClose: () => void }) {
  const [text] = useState(runLog);
  const [copied, setCopied] = useState(false);
  return (
    <Dialog title="Log of the run" size="48rem" onClose={onClose}>
      <pre className={classes.log} tabIndex={0} role="group" aria-label="Log">
        {text}
      </pre>
      <div className={classes.choices}>
        <Button
          size="sm"
          variant="filled"
          onClick={() => {
            navigator.clipboard.writeText(text).then(
              () => setCopied(true),
              () => setCopied(false),
            );
          }}
        >
          {copied ? 'Copied' : 'Copy'}
        </Button>
        <Button size="sm" variant="default" onClick={() => saveFile('run.txt', text)}>
          Save as a file
        </Button>
      </div>
    </Dialog>
  );
}
