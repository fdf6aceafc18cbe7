/** The Data station: which table, which columns, its classes and split, and what is worth knowing about it. */
import { NativeSelect } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useStore } from 'zustand';
import { count, delimiterName } from '../../components/format.ts';
import { LinkButton } from '../../components/link-button.tsx';
import { ProblemList } from '../../components/problem-list.tsx';
import { Station } from '../../components/station.tsx';
import { plural } from '../../lib/counts.ts';
import type { DatasetSummary, LabelSeparator, OpenedDataset } from '../../data/types.ts';
import { dataStore, isSample } from '../../stores/data.ts';
import type { Place } from '../../stores/problems.ts';
import { applyRemedy } from './apply-remedy.ts';
import { ClassBars } from './class-bars.tsx';
import { DataPicker } from './data-picker.tsx';
import { DataProblems } from './data-problems.tsx';
import { DoctorLine } from './doctor-line.tsx';
import { FindingCard } from './finding-card.tsx';
import { FirstRows } from './first-rows.tsx';
import { KeptLine } from './kept-line.tsx';
import { LabelColumns } from './label-columns.tsx';
import { OpeningStatus } from './opening-status.tsx';
import { ReadingSettings } from './reading-settings.tsx';
import { SampleCredit } from './sample-credit.tsx';
import { SplitSettings } from './split-settings.tsx';
import classes from './data.module.css';

const PreviewDialog = lazy(() => import('./preview-dialog.tsx'));

export interface DataStationProps {
  /** Shows the first rows in the station itself. */
  readonly withPreview: boolean;
}

const isData = (place: Place): boolean => place === 'data';

export function DataStation({ withPreview }: DataStationProps) {
  const dataset = useStore(dataStore, (state) => state.dataset);
  const opening = useStore(dataStore, (state) => state.opening !== null);
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
      <DataProblems places={isData} />
      {!dataset && <p className={classes.empty}>Drop a table with a text column and a label column to train on it.</p>}
      <DataPicker folded={dataset !== null && !changing} onPicked={() => setChanging(false)} />
      {opening && (
        <p className={classes.formats} role="status">
          <OpeningStatus />
        </p>
      )}
      {dataset && <Dataset dataset={dataset} />}
      {dataset && withPreview && (
        <div className={classes.rows}>
          <FirstRows dataset={dataset} />
        </div>
      )}
      {dataset && previewing && (
        <Suspense fallback={null}>
          <PreviewDialog dataset={dataset} onClose={() => setPreviewing(false)} />
        </Suspense>
      )}
    </Station>
  );
}

/** "3,000 rows · CSV · UTF-8 · comma". */
function factsOf({ rows, sampledFrom, reading, encoding }: DatasetSummary): string {
  const sampled = sampledFrom === null ? '' : ` of ${count(sampledFrom)}`;
  const delimiter = reading.delimiter === null ? null : delimiterName(reading.delimiter);
  return [`${plural(rows, 'row')}${sampled}`, reading.format, encoding, delimiter].filter((fact) => fact !== null).join(' · ');
}

const SEPARATORS: readonly LabelSeparator[] = [';', '|', ','];
/** In place of a separator: each label has a column of its own. */
const COLUMNS = 'columns';

/** Ways in which the file may say what a text is labelled with; columns of flags only where it has some. */
function waysOf(flagged: readonly number[]) {
  return [
    { value: '', label: 'one each' },
    ...SEPARATORS.map((value) => ({ value, label: `several, separated by ${value}` })),
    ...(flagged.length > 1 ? [{ value: COLUMNS, label: 'several, a column each' }] : []),
  ];
}

function Dataset({ dataset }: { readonly dataset: OpenedDataset }) {
  const { summary, choice, profile, problem, blocker = null } = dataset;
  const choosing = useStore(dataStore, (state) => state.choosing);
  const sample = useStore(dataStore, (state) => isSample(state.source));
  const onlyRows = useStore(dataStore, ({ source }) => source?.kind === 'kept' && source.form === 'rows');
  const options = summary.columns.map(({ index, name }) => ({ value: String(index), label: name }));
  const { text, secondText = null, label, labels = null, separator } = choice;
  const free = summary.columns.filter(({ index, flags }) => flags !== null && index !== text && index !== secondText);
  const flagged = free.map(({ index }) => index);
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
        <span className={classes.facts}>{factsOf(summary)}</span>
      </div>
      <div className={options.length > 2 ? classes.pair : classes.three} aria-busy={choosing}>
        <NativeSelect label="Text column" data={options} value={String(text)} onChange={choose('text')} />
        {options.length > 2 && (
          <NativeSelect
            label="Second text"
            data={[{ value: '', label: 'none' }, ...others]}
            value={secondText === null ? '' : String(secondText)}
            onChange={choose('secondText')}
          />
        )}
        {labels ? (
          <LabelColumns columns={free} chosen={labels} />
        ) : (
          <NativeSelect label="Label column" data={options} value={String(label)} onChange={choose('label')} />
        )}
        <NativeSelect
          label="Labels"
          data={waysOf(flagged)}
          value={labels ? COLUMNS : (separator ?? '')}
          onChange={({ currentTarget: { value } }) => {
            const [first = label] = flagged;
            const columns = { label: first, labels: flagged, separator: null };
            const cells = { labels: null, separator: SEPARATORS.find((each) => each === value) ?? null };
            void dataStore.getState().choose({ choice: value === COLUMNS ? columns : cells });
          }}
        />
      </div>
      {problem && !blocker && <ProblemList problems={[{ id: 0, ...problem }]} />}
      {blocker && (
        <ul className={classes.blockers} role="alert">
          <FindingCard finding={blocker} onRemedy={applyRemedy} busy={choosing} />
        </ul>
      )}
      {profile && <ClassBars classes={profile.classes} />}
      {!onlyRows && <ReadingSettings summary={summary} asks={profile === null} />}
      {profile && <SplitSettings profile={profile} />}
      {summary.rejectedRows > 0 && (
        <p className={classes.hint}>
          <LinkButton onClick={() => void dataStore.getState().downloadRejected()}>
            Download the {plural(summary.rejectedRows, 'rejected row')}
          </LinkButton>
        </p>
      )}
      <div className={classes.lines}>
        {profile && <DoctorLine profile={profile} />}
        <KeptLine />
      </div>
      {sample && (
        <div className={classes.notices}>
          <SampleCredit />
        </div>
      )}
    </>
  );
}
