/** The runs over the full width, in place of the workbench: the table, one of them, or several compared. Escape goes back, then closes. */
import { CloseButton, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { LinkButton } from '../../components/link-button.tsx';
import { ProblemList } from '../../components/problem-list.tsx';
import { plural } from '../../lib/counts.ts';
import { problemsStore } from '../../stores/problems.ts';
import { runsStore, UNDO_FOR } from '../../stores/runs.ts';
import { runsViewStore } from '../../stores/runs-view.ts';
import { CompareView } from './compare-view.tsx';
import { RunDetail } from './run-detail.tsx';
import { RunTable } from './run-table.tsx';
import { StorageLine } from './storage-line.tsx';
import classes from './runs.module.css';

export default function RunsView() {
  const records = useStore(runsStore, (state) => state.records);
  const screen = useStore(runsViewStore, (state) => state.screen);
  const [search, setSearch] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  const problems = useStore(
    problemsStore,
    useShallow((state) => state.problems.filter(({ place }) => place === 'runs')),
  );
  useEffect(() => void runsStore.getState().refresh(), []);
  useEffect(() => heading.current?.focus(), [screen]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('[role="dialog"], [role="menu"]')) return;
      if (runsViewStore.getState().screen.kind === 'table') runsViewStore.getState().close();
      else runsViewStore.getState().show({ kind: 'table' });
    };
    // Before a dialog or a menu has closed itself by the same key.
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, []);
  const shown = screen.kind === 'run' ? records?.find(({ id }) => id === screen.id) : undefined;
  const isTable = screen.kind === 'table';
  const title = screen.kind === 'compare' ? 'Compare runs' : shown ? shown.name : 'Runs';
  return (
    <section aria-labelledby="runs-title" className={classes.view}>
      <div className={classes.head}>
        {!isTable && (
          <LinkButton className={classes.back ?? ''} onClick={() => runsViewStore.getState().show({ kind: 'table' })}>
            ‹ All runs
          </LinkButton>
        )}
        <h1 id="runs-title" ref={heading} tabIndex={-1} className={classes.heading}>
          {title}
        </h1>
        {isTable && records !== null && records.length > 0 && (
          <>
            <span className={classes.soft}>{plural(records.length, 'run')} on this machine</span>
            <TextInput
              aria-label="Search runs"
              placeholder="Search name, data, model, note"
              value={search}
              className={classes.search ?? ''}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
            <StorageLine records={records} />
          </>
        )}
        <CloseButton className={classes.close ?? ''} aria-label="Close runs" onClick={runsViewStore.getState().close} />
      </div>
      <ProblemList problems={problems} onDismiss={problemsStore.getState().dismiss} />
      <Undo />
      {screen.kind === 'compare' ? (
        <CompareView />
      ) : shown ? (
        <RunDetail key={shown.id} record={shown} />
      ) : records === null ? (
        <p className={classes.soft}>Looking for runs</p>
      ) : records.length === 0 ? (
        <Empty />
      ) : (
        <RunTable records={records} search={search} />
      )}
    </section>
  );
}

function Empty() {
  return (
    <div className={classes.empty}>
      <svg aria-hidden viewBox="0 0 120 48" width="120" height="48" fill="none" strokeWidth="2" strokeLinecap="round">
        <path d="M4 8C20 34 44 38 116 40" stroke="var(--curve-1)" />
        <path d="M4 12C26 26 54 28 116 30" stroke="var(--curve-2)" strokeDasharray="1 5" />
      </svg>
      <h2>No run yet</h2>
      <p>
        Each training is kept here by itself, on this machine: its settings, curves, measures and its model. Then two of them can
        be compared, and any one continued, sent on or trained further.
      </p>
      <LinkButton onClick={runsViewStore.getState().close}>Back to the workbench</LinkButton>
    </div>
  );
}

/** What was deleted, as long as it can be brought back. */
function Undo() {
  const deleted = useStore(runsStore, (state) => state.deleted);
  const [first] = deleted;
  return (
    <div role="status">
      {first && (
        <p className={classes.undo}>
          {deleted.length === 1 ? `“${first.name}” is deleted.` : `${plural(deleted.length, 'run')} are deleted.`}
          <LinkButton onClick={() => void runsStore.getState().undo()}>Undo</LinkButton>
          <span className={classes.soft}>for {Math.round(UNDO_FOR / 1000)} seconds; then the files go too</span>
        </p>
      )}
    </div>
  );
}
