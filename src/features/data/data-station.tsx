/** The Data station: which table, which columns, its classes and split, and what is worth knowing about it. */
import { NativeSelect } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { delimiterName } from '../../components/format.ts';
import { LinkButton } from '../../components/link-button.tsx';
import { PreviewTable } from '../../components/preview-table.tsx';
import { ProblemList } from '../../components/problem-list.tsx';
import { Station } from '../../components/station.tsx';
import { plural } from '../../lib/counts.ts';
import type { OpenedDataset } from '../../data/types.ts';
import { dataStore } from '../../stores/data.ts';
import { problemsStore } from '../../stores/problems.ts';
import { ClassBars } from './class-bars.tsx';
import { DataPicker } from './data-picker.tsx';
import { DoctorLine } from './doctor-line.tsx';
import { SampleCredit } from './sample-credit.tsx';
import { SplitSettings } from './split-settings.tsx';
import classes from './data.module.css';

const PreviewDialog = lazy(() => import('./preview-dialog.tsx'));

export interface DataStationProps {
  /** Shows the first rows in the station itself. */
  readonly withPreview: boolean;
}

export function DataStation({ withPreview }: DataStationProps) {
  const dataset = useStore(dataStore, (state) => state.dataset);
  const problems = useStore(
    problemsStore,
    useShallow((state) => state.problems.filter(({ place }) => place === 'data')),
  );
  const [changing, setChanging] = useState(false);
  const [previewing, setPreviewing] = useState(false);
  return (
    <Station
      title="Data"
      actions={
        dataset && (
          <>
            <LinkButton onClick={() => setPreviewing(true)}>Preview</LinkButton>
            <LinkButton aria-expanded={changing} aria-label="Change data" onClick={() => setChanging(!changing)}>
              Change
            </LinkButton>
          </>
        )
      }
    >
      <ProblemList problems={problems} onDismiss={problemsStore.getState().dismiss} />
      {!dataset && <p className={classes.empty}>Drop a table with a text column and a label column to train on it.</p>}
      <DataPicker folded={dataset !== null && !changing} onPicked={() => setChanging(false)} />
      {dataset && <Dataset dataset={dataset} />}
      {dataset && withPreview && (
        <div className={classes.rows}>
          <PreviewTable {...previewOf(dataset)} />
        </div>
      )}
      {dataset && previewing && (
        <Suspense fallback={null}>
          <PreviewDialog name={dataset.summary.name} onClose={() => setPreviewing(false)} {...previewOf(dataset)} />
        </Suspense>
      )}
    </Station>
  );
}

function previewOf({ summary, profile }: OpenedDataset) {
  return {
    rows: profile.preview,
    labels: profile.classes.map(({ label }) => label),
    textColumn: summary.columns[profile.choice.text]?.name ?? 'Text',
    secondTextColumn: summary.columns[profile.choice.secondText ?? -1]?.name ?? null,
    labelColumn: summary.columns[profile.choice.label]?.name ?? 'Label',
  };
}

function Dataset({ dataset }: { readonly dataset: OpenedDataset }) {
  const { summary, profile } = dataset;
  const choosing = useStore(dataStore, (state) => state.choosing);
  const sample = useStore(dataStore, (state) => state.source?.kind === 'sample');
  const options = summary.columns.map(({ index, name }) => ({ value: String(index), label: name }));
  const { text, secondText = null, label } = profile.choice;
  const choose =
    (column: 'text' | 'secondText' | 'label') =>
    ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      void dataStore.getState().choose({ choice: { [column]: value === '' ? null : Number(value) } });
  const others = options.filter(({ value }) => value !== String(text) && value !== String(label));
  return (
    <>
      <div className={classes.summary}>
        <span className={classes.name} title={summary.name}>
          {summary.name}
        </span>
        <span className={classes.facts}>
          {plural(summary.rows, 'row')} · {summary.encoding} · {delimiterName(summary.delimiter)}
        </span>
      </div>
      <div className={classes.pair} aria-busy={choosing}>
        <NativeSelect label="Text column" data={options} value={String(text)} onChange={choose('text')} />
        {options.length > 2 && (
          <NativeSelect
            label="Second text"
            data={[{ value: '', label: 'none' }, ...others]}
            value={secondText === null ? '' : String(secondText)}
            onChange={choose('secondText')}
          />
        )}
        <NativeSelect label="Label column" data={options} value={String(label)} onChange={choose('label')} />
      </div>
      <ClassBars classes={profile.classes} />
      <SplitSettings profile={profile} />
      <DoctorLine dataset={dataset} />
      {sample && (
        <div className={classes.notices}>
          <SampleCredit />
        </div>
      )}
    </>
  );
}
