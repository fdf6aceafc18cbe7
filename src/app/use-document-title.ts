/** The tab's title says how far a run is, so that one sees it from another tab. Writes the title, draws nothing. */
import { useEffect } from 'react';
import { runStore, type RunState } from '../stores/run.ts';

export function documentTitle({ status, progress }: Pick<RunState, 'status' | 'progress'>): string {
  if (status === 'idle') return 'Tabtune';
  const inRun = progress.phase === 'train' || progress.phase === 'evaluate';
  return `${status === 'paused' ? 'Paused · ' : ''}${inRun ? Math.floor(progress.fraction * 100) : 0} % · Tabtune`;
}

export function useDocumentTitle(): void {
  useEffect(
    () =>
      runStore.subscribe((state) => {
        const title = documentTitle(state);
        if (document.title !== title) document.title = title;
      }),
    [],
  );
}
