/** The Export station: the model as trained so far, in one zip, and what is in it. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { size } from '../../components/format.ts';
import { ProblemList } from '../../components/problem-list.tsx';
import { Station } from '../../components/station.tsx';
import type { ExportForm } from '../../protocol/trainer.ts';
import { exportStore } from '../../stores/export.ts';
import { modelStore } from '../../stores/model.ts';
import { problemsStore } from '../../stores/problems.ts';
import { runStore } from '../../stores/run.ts';
import { ExportFormChoice } from './export-form-choice.tsx';
import classes from './export.module.css';

type FileRow = readonly [file: string, about: string];

const TOKENIZER: FileRow = ['tokenizer.json', 'and its settings'];
const CARD: FileRow = ['README.md', 'a short model card'];

function rowsOf(form: ExportForm, weights: string): readonly FileRow[] {
  switch (form) {
    case 'merged':
      return [['model.safetensors', weights], ['config.json', 'id2label, label2id'], TOKENIZER, CARD];
    case 'adapter':
      return [['adapter_model.safetensors', 'what LoRA learnt, F32'], ['adapter_config.json', 'for peft'], TOKENIZER, CARD];
  }
}

const LEADS: { readonly [Form in ExportForm]: string } = {
  merged: 'A zip that transformers loads unchanged, and that opens here again with the same predictions.',
  adapter: 'A small zip that peft puts onto the base model. It does not open here: that takes the whole model.',
};

/** Bytes of a weight as it is written. */
const F32 = 4;

export function ExportStation() {
  const packing = useStore(exportStore, (state) => state.packing);
  const ready = useStore(runStore, (state) => state.trainedIn !== 0);
  const byLora = useStore(runStore, (state) => state.trainedIn !== 0 && state.settings?.train_layers === 'lora');
  const [chosen, choose] = useState<ExportForm>('merged');
  const form = byLora ? chosen : 'merged';
  const [imported, parameters] = useStore(
    modelStore,
    useShallow((state) => [state.info !== null && state.info.classes !== null, state.info?.parameters ?? null]),
  );
  const problems = useStore(
    problemsStore,
    useShallow((state) => state.problems.filter(({ place }) => place === 'export')),
  );
  const can = ready || imported;
  const bytes = parameters === null ? null : size(parameters * F32);
  return (
    <Station title="Export" grow>
      <ProblemList problems={problems} onDismiss={problemsStore.getState().dismiss} />
      {byLora && <ExportFormChoice form={form} onChange={choose} />}
      <Button
        variant="filled"
        size="sm"
        fullWidth
        disabled={!can || packing}
        onClick={() => void exportStore.getState().download(form)}
      >
        <span>
          {packing ? 'Packing the model' : 'Download model'}
          {bytes !== null && form === 'merged' && (
            <span aria-hidden className={classes.size}>
              {' '}
              {bytes}
            </span>
          )}
        </span>
      </Button>
      <p className={classes.lead}>
        {can ? LEADS[form] : 'Train first; what the model has learnt so far can be taken away at any time.'}
      </p>
      <dl className={classes.list}>
        {rowsOf(form, bytes === null ? 'F32' : `F32, ${bytes}`).map(([file, about]) => (
          <div key={file}>
            <dt>{file}</dt>
            <dd>{about}</dd>
          </div>
        ))}
      </dl>
    </Station>
  );
}
