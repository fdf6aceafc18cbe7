/** A notification at the end of a run, for who looks elsewhere meanwhile. The browser's permission is asked for at the click that wants it. */
import { createStore } from 'zustand/vanilla';
import { plural } from '../lib/counts.ts';
import { runStore } from './run.ts';

export interface NotifyState {
  /** `impossible`: this browser has none, or the person said no. */
  readonly state: 'off' | 'on' | 'impossible';
  toggle(): Promise<void>;
}

const canNotify = (): boolean => typeof Notification !== 'undefined' && Notification.permission !== 'denied';

export const notifyStore = createStore<NotifyState>()((set, get) => ({
  state: canNotify() ? 'off' : 'impossible',
  async toggle() {
    if (get().state === 'on') {
      set({ state: 'off' });
      return;
    }
    const permission = Notification.permission === 'default' ? await Notification.requestPermission() : Notification.permission;
    set({ state: permission === 'granted' ? 'on' : permission === 'denied' ? 'impossible' : 'off' });
  },
}));

runStore.subscribe(({ status, result }, before) => {
  const ended = status === 'idle' && before.status !== 'idle';
  if (!ended || notifyStore.getState().state !== 'on' || !document.hidden) return;
  const words = result
    ? `${plural(result.steps, 'step')}, ${result.outcome}${result.evaluation ? `, macro F1 ${result.evaluation.macroF1.toFixed(3)}` : ''}`
    : 'It ended with a problem.';
  // On some systems only a service worker may notify; the page's title says it there.
  try {
    new Notification('Tabtune: the run has ended', { body: words, tag: 'tabtune-run' });
  } catch {
    notifyStore.setState({ state: 'impossible' });
  }
});
