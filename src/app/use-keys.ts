/** The page's keys: Ctrl+Enter trains, `/` goes to the text box, `r` opens the runs, `?` lists the keys. Single keys do nothing while one types. */
import { useEffect } from 'react';
import { runStore } from '../stores/run.ts';
import { runsViewStore } from '../stores/runs-view.ts';
import { viewStore } from '../stores/view.ts';

/** Whether keys and pastes at `target` belong to a field. */
export function isEditable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}

const dialogOpen = (): boolean => document.querySelector('[role="dialog"]') !== null;

export function useKeys(onHelp: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || dialogOpen()) return;
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        void runStore.getState().train();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isEditable(event.target)) return;
      if (event.key === '?') {
        event.preventDefault();
        onHelp();
      } else if (event.key === 'r') {
        event.preventDefault();
        runsViewStore.getState().toggle();
      } else if (event.key === '/') {
        event.preventDefault();
        runsViewStore.getState().close();
        viewStore.getState().show('try');
        // The tab that holds the box may only now be drawn.
        requestAnimationFrame(() =>
          document.querySelector<HTMLTextAreaElement>('textarea[aria-label="Text to classify"]')?.focus(),
        );
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onHelp]);
}
