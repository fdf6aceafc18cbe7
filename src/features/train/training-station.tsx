/** The Training station: settings and the button above, the figures and curves below. Before the first run the preview stands there. */
import { Button } from '@mantine/core';
import { lazy, Suspense, useDeferredValue, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { LinkButton } from '../../components/link-button.tsx';
import { NoticeList } from '../../components/notice-list.tsx';
import { PreviewTable } from '../../components/preview-table.tsx';
import { RawTable } from '../../components/raw-table.tsx';
import { ProblemList } from '../../components/problem-list.tsx';
import { Station } from '../../components/station.tsx';
import { plural } from '../../lib/counts.ts';
import { dataStore } from '../../stores/data.ts';
import { problemsStore } from '../../stores/problems.ts';
import { recipesStore } from '../../stores/recipes.ts';
import { runStore } from '../../stores/run.ts';
import { runsViewStore } from '../../stores/runs-view.ts';
import { LAYOUT, SETTINGS } from '../../stores/setting-layout.ts';
import { Announcer } from './announcer.tsx';
import { ContinueCard } from './continue-card.tsx';
import { RunNotices } from './run-notices.tsx';
import { SettingField } from './setting-field.tsx';
import { TestFigures } from './test-figures.tsx';
import { Tiles } from './tiles.tsx';
import classes from './train.module.css';

const loadCharts = () => import('./charts.tsx');
const Charts = lazy(loadCharts);
const Quality = lazy(async () => ({ default: (await import('./quality.tsx')).Quality }));
const LogDialog = lazy(() => import('./log-dialog.tsx'));
const PreflightCard = lazy(() => import('./preflight-card.tsx'));
const SettingsDialog = lazy(() => import('./settings-dialog.tsx'));

const COMMON = SETTINGS.filter((name) => LAYOUT[name].common);

export interface TrainingStationProps {
  /** Shows the first rows until there are curves. */
  readonly withPreview: boolean;
}

export function TrainingStation({ withPreview }: TrainingStationProps) {
  const [allSettings, setAllSettings] = useState(false);
  const [log, setLog] = useState(false);
  const hasData = useStore(dataStore, (state) => state.dataset?.profile != null);
  const running = useStore(runStore, (state) => state.status !== 'idle');
  // Deferred: the charts are drawn in short tasks after the click, not in it.
  const hasRun = useDeferredValue(useStore(runStore, (state) => state.status !== 'idle' || state.totalSteps > 0));
  const problems = useStore(
    problemsStore,
    useShallow((state) => state.problems.filter(({ place }) => place === 'training')),
  );
  useChartsAhead(hasData);
  return (
    <Station
      title="Training"
      grow
      actions={
        <>
          {hasRun && <LinkButton onClick={() => setLog(true)}>Log</LinkButton>}
          <LinkButton onClick={runsViewStore.getState().toggle}>All runs</LinkButton>
          <LinkButton onClick={() => setAllSettings(true)}>All settings</LinkButton>
        </>
      }
    >
      <ProblemList problems={problems} onDismiss={problemsStore.getState().dismiss} />
      <ContinueCard />
      <form
        className={classes.settings}
        onSubmit={(event) => {
          event.preventDefault();
          void runStore.getState().train();
        }}
      >
        {COMMON.map((name) => (
          <SettingField key={name} name={name} />
        ))}
        <Button
          type="submit"
          variant="filled"
          size="xs"
          className={classes.train}
          disabled={!hasData || running}
          title="Ctrl+Enter"
        >
          Train
        </Button>
      </form>
      <Tiles />
      <TestFigures />
      <RunNotices />
      <Announcer />
      {!hasRun && hasData && (
        <Suspense fallback={null}>
          <PreflightCard />
        </Suspense>
      )}
      {hasRun ? <Curves /> : <Before withPreview={withPreview} />}
      <RecipeNotice />
      {log && (
        <Suspense fallback={null}>
          <LogDialog onClose={() => setLog(false)} />
        </Suspense>
      )}
      {allSettings && (
        <Suspense fallback={null}>
          <SettingsDialog onClose={() => setAllSettings(false)} />
        </Suspense>
      )}
    </Station>
  );
}

/** What a link or a recipe put in place, until the run that it is for. */
function RecipeNotice() {
  const said = useStore(recipesStore, (state) => state.said);
  const before = useStore(runStore, (state) => state.totalSteps === 0 && state.status === 'idle');
  if (!before) return null;
  return <NoticeList label="Recipe" notices={said.map((text) => ({ key: text, kind: 'info', text }))} />;
}

/** Fetches the charts' code while nothing else happens, so that the first run need not wait for it. */
function useChartsAhead(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return;
    const handle = setTimeout(() => void loadCharts(), 800);
    return () => clearTimeout(handle);
  }, [wanted]);
}

function Curves() {
  const [remarks, truncated] = useStore(
    runStore,
    useShallow((state) => [state.remarks, state.truncatedRows]),
  );
  const maxLength = useStore(runStore, (state) => state.settings?.max_length);
  const notices = [
    ...(truncated > 0
      ? [
          {
            key: 'cut',
            kind: 'info' as const,
            text: `${plural(truncated, 'text')} longer than ${maxLength} tokens ${truncated === 1 ? 'is' : 'are'} cut there.`,
          },
        ]
      : []),
    ...remarks.map((remark) => ({ key: remark, kind: 'info' as const, text: remark })),
  ];
  return (
    <>
      <div className={classes.charts}>
        <Suspense fallback={null}>
          <Charts />
        </Suspense>
      </div>
      <Suspense fallback={null}>
        <Quality />
      </Suspense>
      <div className={classes.about}>
        <NoticeList label="About this run" notices={notices} />
      </div>
    </>
  );
}

function Before({ withPreview }: TrainingStationProps) {
  const dataset = useStore(dataStore, (state) => state.dataset);
  if (!dataset) return <p className={classes.before}>The curves appear here. Drop a table to train on.</p>;
  if (!withPreview) return <p className={classes.before}>The curves appear here from the first step on.</p>;
  const { summary, profile } = dataset;
  if (!profile) {
    return (
      <div className={classes.preview}>
        <h3 className={classes.caption}>The first rows, as they were read</h3>
        <RawTable {...summary} />
      </div>
    );
  }
  return (
    <div className={classes.preview}>
      <h3 className={classes.caption}>The first rows, as the model will see them</h3>
      <PreviewTable
        rows={profile.preview}
        labels={profile.classes.map(({ label }) => label)}
        textColumn={summary.columns[profile.choice.text]?.name ?? 'Text'}
        secondTextColumn={summary.columns[profile.choice.secondText ?? -1]?.name ?? null}
        labelColumn={summary.columns[profile.choice.label]?.name ?? 'Label'}
      />
    </div>
  );
}
