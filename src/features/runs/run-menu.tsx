/** All that can be done with one run, in a menu of its own row, and the dialogs that it opens. */
import '@mantine/core/styles/Menu.css';
import { Menu, UnstyledButton } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useStore } from 'zustand';
import { canContinue, continueRun, downloadRunModel, fineTuneAgain, takeSettings } from '../../stores/run-actions.ts';
import { runStore } from '../../stores/run.ts';
import { runsStore, type RunRecord } from '../../stores/runs.ts';
import { runsViewStore } from '../../stores/runs-view.ts';
import { saveRun } from './run-export.ts';
import classes from './runs.module.css';

const MlflowDialog = lazy(() => import('./mlflow-dialog.tsx'));
const AnnotateDialog = lazy(() => import('./annotate-dialog.tsx'));

type OpenDialog = 'annotate' | 'mlflow' | null;

export function RunMenu({ record }: { readonly record: RunRecord }) {
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const isIdle = useStore(runStore, ({ status }) => status === 'idle');
  const { id, name, outcome, modelBytes, settings } = record;
  const hasModel = modelBytes !== null;
  const isOn = outcome === 'running';
  const close = (): void => setDialog(null);
  return (
    <>
      <Menu position="bottom-end" width={228} withinPortal>
        <Menu.Target>
          <UnstyledButton className={classes.more ?? ''} aria-label={`Actions of ${name}`}>
            <span aria-hidden>⋯</span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => runsViewStore.getState().show({ kind: 'run', id })}>Open</Menu.Item>
          {canContinue(record) && (
            <Menu.Item disabled={!isIdle} onClick={() => void continueRun(record)}>
              Continue
            </Menu.Item>
          )}
          <Menu.Item disabled={!isIdle || !hasModel} onClick={() => void fineTuneAgain(record)}>
            Fine-tune again from this run
          </Menu.Item>
          <Menu.Item onClick={() => takeSettings(record)}>Use its settings</Menu.Item>
          <Menu.Divider />
          <Menu.Item onClick={() => setDialog('annotate')}>Name and note</Menu.Item>
          <Menu.Item disabled={!hasModel} onClick={() => void downloadRunModel(record, 'model')}>
            Download its model
          </Menu.Item>
          {settings.train_layers === 'lora' && (
            <Menu.Item disabled={!hasModel} onClick={() => void downloadRunModel(record, 'adapter')}>
              Download its LoRA adapter
            </Menu.Item>
          )}
          <Menu.Item onClick={() => saveRun(record, 'json')}>Export as JSON</Menu.Item>
          <Menu.Item onClick={() => saveRun(record, 'csv')}>Export curves as CSV</Menu.Item>
          <Menu.Item disabled={isOn} onClick={() => setDialog('mlflow')}>
            Send to MLflow
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item disabled={isOn} className={classes.delete ?? ''} onClick={() => void runsStore.getState().remove([id])}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense fallback={null}>
        {dialog === 'annotate' && <AnnotateDialog record={record} onClose={close} />}
        {dialog === 'mlflow' && <MlflowDialog record={record} onClose={close} />}
      </Suspense>
    </>
  );
}
