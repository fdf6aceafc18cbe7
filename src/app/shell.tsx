/** The frame of the page: top bar, notices, and either the empty page or the workbench with its bar at the bottom. */
import { lazy, Suspense, useCallback, useDeferredValue, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { EmptyPage } from '../features/data/empty-page.tsx';
import { ModelFile } from '../features/model/model-file.tsx';
import { ContinueCard } from '../features/train/continue-card.tsx';
import { RunBar } from '../features/train/run-bar.tsx';
import { computeStore } from '../stores/compute.ts';
import { dataStore } from '../stores/data.ts';
import { modelStore } from '../stores/model.ts';
import { startServiceWorker } from '../stores/network.ts';
import { recipesStore } from '../stores/recipes.ts';
import { recorder } from '../stores/run-recorder.ts';
import { runsViewStore } from '../stores/runs-view.ts';
import { restoreSession } from '../stores/session.ts';
import { offerSavedRuns } from '../stores/saved-runs.ts';
import { keepAwakeWhileTraining } from '../stores/wake-lock.ts';
import { InsecureNotice } from './insecure-notice.tsx';
import { PageDrop } from './page-drop.tsx';
import { TopBar } from './top-bar.tsx';
import { useDocumentTitle } from './use-document-title.ts';
import { useKeys } from './use-keys.ts';
import { Workbench } from './workbench.tsx';
import classes from './app.module.css';

const KeysDialog = lazy(() => import('./keys-dialog.tsx'));
const RunsView = lazy(() => import('../features/runs/runs-view.tsx'));

export function Shell() {
  const [help, setHelp] = useState(false);
  const openHelp = useCallback(() => setHelp(true), []);
  const hasData = useStore(dataStore, (state) => state.dataset !== null);
  const hasModel = useStore(modelStore, (state) => state.info !== null && state.source.kind !== 'starter');
  // Deferred, so that drawing the whole workbench is cut into short tasks.
  const working = useDeferredValue(hasData || hasModel);
  useEffect(() => void computeStore.getState().probe(), []);
  useEffect(() => {
    const { hash, pathname, search } = window.location;
    recipesStore.getState().openLink(hash);
    // Once it is in place, it is the person's to change: a reload must not bring it back.
    if (hash.startsWith('#recipe=')) window.history.replaceState(null, '', pathname + search);
  }, []);
  useEffect(() => {
    void startServiceWorker();
    void restoreSession();
    keepAwakeWhileTraining();
    offerSavedRuns();
  }, []);
  useEffect(() => recorder.start(), []);
  const runsOpen = useStore(runsViewStore, (state) => state.open);
  useKeys(openHelp);
  useDocumentTitle();
  return (
    <div className={classes.page}>
      <TopBar onHelp={openHelp} />
      <InsecureNotice />
      <main className={classes.main}>
        {runsOpen && (
          <Suspense fallback={null}>
            <RunsView />
          </Suspense>
        )}
        {/* Kept as it is while the runs are in front of it. */}
        <div className={classes.behind} hidden={runsOpen}>
          {working ? (
            <Workbench />
          ) : (
            <>
              <ContinueCard />
              <EmptyPage openModel={<ModelFile text="Open a model" />} />
            </>
          )}
        </div>
      </main>
      {working && <RunBar />}
      <PageDrop />
      {help && (
        <Suspense fallback={null}>
          <KeysDialog onClose={() => setHelp(false)} />
        </Suspense>
      )}
    </div>
  );
}
