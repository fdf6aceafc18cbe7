/** Sends a run to an MLflow tracking server: where to, what exactly goes, how far it is, and what came of it. */
import { Button, TextInput } from '@mantine/core';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { Dialog } from '../../components/dialog.tsx';
import { count, size } from '../../components/format.ts';
import { ProblemList } from '../../components/problem-list.tsx';
import { Track } from '../../components/track.tsx';
import { plural } from '../../lib/counts.ts';
import { mlflowStore } from '../../stores/mlflow.ts';
import type { RunRecord } from '../../stores/runs.ts';
import { mlflowMetrics, mlflowParams } from '../../tracking/mlflow-payload.ts';
import { useKept } from './use-kept.ts';
import classes from './runs.module.css';
import own from './mlflow.module.css';

export default function MlflowDialog({ record, onClose }: { readonly record: RunRecord; readonly onClose: () => void }) {
  const { draft, sending, sent, problem } = useStore(mlflowStore);
  const { edit, send, cancel, clear } = mlflowStore.getState();
  useEffect(() => clear, [clear]);
  const hasModel = record.modelBytes !== null;
  const isReady = draft.address.trim() !== '' && draft.experiment.trim() !== '';
  return (
    <Dialog title="Send to MLflow" size="lg" onClose={onClose}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          void send(record);
        }}
      >
        <TextInput
          data-autofocus
          size="sm"
          label="Address of the server"
          description="NAME:PASSWORD@ before the host where it asks for them; they are not kept"
          value={draft.address}
          disabled={sending !== null}
          onChange={(event) => edit({ address: event.currentTarget.value })}
        />
        <div className={own.names}>
          <TextInput
            size="sm"
            label="Experiment"
            description="Made if it is not there"
            value={draft.experiment}
            disabled={sending !== null}
            onChange={(event) => edit({ experiment: event.currentTarget.value })}
          />
          <TextInput
            size="sm"
            label="Registered model"
            description="A new version of it; empty for none"
            value={draft.registeredModel}
            disabled={sending !== null || !hasModel || !draft.withModel}
            onChange={(event) => edit({ registeredModel: event.currentTarget.value })}
          />
        </div>
        <WhatGoes record={record} />
        {problem && <ProblemList problems={[{ ...problem, id: 0 }]} />}
        {sent && (
          <p role="status" className={own.sent}>
            “{record.name}” is there
            {sent.modelVersion !== null && `, as version ${sent.modelVersion} of ${draft.registeredModel.trim()}`}.{' '}
            <a href={sent.address} target="_blank" rel="noreferrer">
              Open it in MLflow
            </a>
          </p>
        )}
        {sending && (
          <div className={own.sending}>
            <span role="status">Sending {sending.words}</span>
            <Track fraction={sending.fraction} label="Sent" />
          </div>
        )}
        <div className={classes.foot}>
          <Button variant="default" size="sm" onClick={sending ? cancel : onClose}>
            {sending ? 'Cancel sending' : sent ? 'Done' : 'Cancel'}
          </Button>
          <Button type="submit" variant="filled" size="sm" disabled={sending !== null || !isReady}>
            {sent ? 'Send again' : 'Send'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Before anything leaves: what it is. */
function WhatGoes({ record }: { readonly record: RunRecord }) {
  const withModel = useStore(mlflowStore, ({ draft }) => draft.withModel);
  const steps = useKept([record])?.get(record.id);
  const figures = steps ? mlflowMetrics(record, steps) : [];
  const names = new Set(figures.map(({ key }) => key));
  const { data, classes: labels, note, modelBytes } = record;
  return (
    <div className={own.what}>
      <h3>What will be sent</h3>
      <ul>
        <li>The name{note === '' ? '' : ' and the note'} of the run, its times and how it ended</li>
        <li>
          {plural(mlflowParams(record).length, 'parameter')}: all settings, the names of data, model and hardware, the counts of
          rows and the fingerprint of the data
        </li>
        <li>
          {count(figures.length)} figures of {plural(names.size, 'measure')} with their steps and times;{' '}
          {plural(labels.length, 'class', 'classes')} by name
        </li>
        <li>
          {modelBytes === null ? (
            'No model: none is kept with this run'
          ) : (
            <label>
              <input
                type="checkbox"
                checked={withModel}
                onChange={(event) => mlflowStore.getState().edit({ withModel: event.currentTarget.checked })}
              />{' '}
              The model, {size(modelBytes)}: weights, config, tokenizer and model card
            </label>
          )}
        </li>
      </ul>
      <p className={classes.soft}>None of the texts of {data.name} is among it.</p>
    </div>
  );
}
