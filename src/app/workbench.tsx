/**
 * The stations of the page. Wide: three columns on one screen. Narrower: the training with the other stations as tabs beside it.
 * Narrow: every station a tab. A new problem brings its station's tab to the front.
 */
import { Tabs, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { DataStation } from '../features/data/data-station.tsx';
import { ExportStation } from '../features/export/export-station.tsx';
import { ModelStation } from '../features/model/model-station.tsx';
import { TrainingStation } from '../features/train/training-station.tsx';
import { TryStation } from '../features/try/try-station.tsx';
import type { Place } from '../stores/problems.ts';
import { viewStore } from '../stores/view.ts';
import classes from './workbench.module.css';

const MATCH_NOW = { getInitialValueInEffect: false };

export function Workbench() {
  const wide = useMediaQuery('(min-width: 75em)', false, MATCH_NOW);
  const beside = useMediaQuery('(min-width: 56em)', false, MATCH_NOW);
  return (
    <>
      <VisuallyHidden component="h1">Workbench</VisuallyHidden>
      {wide ? (
        <Columns />
      ) : beside ? (
        <Beside />
      ) : (
        <div className={classes.alone}>
          <StationTabs stations={ALL} />
        </div>
      )}
    </>
  );
}

function Columns() {
  return (
    <div className={classes.columns}>
      <div className={classes.column}>
        <DataStation withPreview={false} />
        <ModelStation />
      </div>
      <div className={classes.column}>
        <TrainingStation withPreview />
      </div>
      <div className={classes.column}>
        <TryStation />
        <ExportStation />
      </div>
    </div>
  );
}

function Beside() {
  return (
    <div className={classes.beside}>
      <StationTabs stations={WITHOUT_TRAINING} />
      <TrainingStation withPreview />
    </div>
  );
}

interface Tabbed {
  readonly place: Place;
  readonly title: string;
  readonly content: ReactNode;
}

const DATA: Tabbed = { place: 'data', title: 'Data', content: <DataStation withPreview={false} /> };
// On a narrow screen the first rows stand with the data, there is no room for them beside it.
const DATA_AND_ROWS: Tabbed = { ...DATA, content: <DataStation withPreview /> };
const MODEL: Tabbed = { place: 'model', title: 'Model', content: <ModelStation /> };
const TRAINING: Tabbed = { place: 'training', title: 'Training', content: <TrainingStation withPreview={false} /> };
const TRY: Tabbed = { place: 'try', title: 'Try', content: <TryStation /> };
const EXPORT: Tabbed = { place: 'export', title: 'Export', content: <ExportStation /> };
const ALL = [DATA_AND_ROWS, MODEL, TRAINING, TRY, EXPORT];
const WITHOUT_TRAINING = [DATA, MODEL, TRY, EXPORT];

function StationTabs({ stations }: { readonly stations: readonly Tabbed[] }) {
  const front = useStore(viewStore, (state) => state.front);
  const [open, setOpen] = useState<Place>('data');
  const inFront = stations.some(({ place }) => place === front);
  if (inFront && front !== open) setOpen(front);
  const show = (value: string | null): void => {
    const station = stations.find(({ place }) => place === value);
    if (station) viewStore.getState().show(station.place);
  };
  return (
    <Tabs color="var(--accent)" value={open} onChange={show} keepMountedMode="display-none" className={classes.tabs}>
      <Tabs.List>
        {stations.map(({ place, title }) => (
          <Tabs.Tab key={place} value={place}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {stations.map(({ place, content }) => (
        <Tabs.Panel key={place} value={place} className={classes.panel}>
          {content}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
