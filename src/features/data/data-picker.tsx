/** Ways to bring data in: files, the sample, a pasted table, an address. Dropping is the page's (app/page-drop.tsx). */
import { Button } from '@mantine/core';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { FileInput, useFileInput } from '../../components/file-input.tsx';
import { LinkButton } from '../../components/link-button.tsx';
import { openData, openFiles } from '../../stores/session.ts';
import classes from './data.module.css';

const PasteDialog = lazy(() => import('./paste-dialog.tsx'));
const AddressDialog = lazy(() => import('./address-dialog.tsx'));

const ACCEPT =
  '.csv,.tsv,.txt,.tab,.data,.json,.jsonl,.ndjson,.parquet,.xlsx,.gz,.zip,text/csv,text/tab-separated-values,text/plain,application/json';

export interface DataPickerProps {
  readonly large?: boolean;
  /** The input stays reachable by its name while the buttons are folded away. */
  readonly folded?: boolean;
  /** What is being read, in place of the line that names the formats. */
  readonly status?: ReactNode;
  readonly onPicked?: () => void;
}

export function DataPicker({ large = false, folded = false, status = null, onPicked }: DataPickerProps) {
  const { ref, open } = useFileInput();
  const [pasting, setPasting] = useState(false);
  const [addressing, setAddressing] = useState(false);
  const size = large ? 'sm' : 'compact-sm';
  const takeSample = (): void => {
    onPicked?.();
    void openData({ kind: 'sample' });
  };
  return (
    <>
      <FileInput
        label="Dataset file"
        inputRef={ref}
        accept={ACCEPT}
        multiple
        onFiles={(files) => {
          onPicked?.();
          void openFiles(files);
        }}
      />
      {!folded && (
        <div className={large ? classes.pickLarge : classes.pick}>
          <Button size={size} variant="filled" onClick={open}>
            Choose a file
          </Button>
          <Button size={size} variant="default" onClick={takeSample}>
            Use the sample
          </Button>
        </div>
      )}
      {!folded && (
        <p className={large ? classes.formatsLarge : classes.formats} aria-live="polite">
          {status || (
            <>
              CSV, TSV, JSON, JSON Lines, Parquet or Excel · or <LinkButton onClick={() => setPasting(true)}>paste</LinkButton> or{' '}
              <LinkButton onClick={() => setAddressing(true)}>open from the web</LinkButton>
            </>
          )}
        </p>
      )}
      {addressing && (
        <Suspense fallback={null}>
          <AddressDialog
            onClose={() => setAddressing(false)}
            onOpen={(source) => {
              setAddressing(false);
              onPicked?.();
              void openData(source);
            }}
          />
        </Suspense>
      )}
      {pasting && (
        <Suspense fallback={null}>
          <PasteDialog
            onClose={() => setPasting(false)}
            onPaste={(text) => {
              setPasting(false);
              onPicked?.();
              void openData({ kind: 'paste', text });
            }}
          />
        </Suspense>
      )}
    </>
  );
}
