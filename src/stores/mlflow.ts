/** Sending a run to an MLflow server: what was typed, how far it is, and what came of it. */
import { createStore } from 'zustand/vanilla';
import type { SentRun } from '../protocol/library.ts';
import { proxy } from '../protocol/bridge.ts';
import type { ProblemText } from '../lib/problem.ts';
import { askLibrary } from './library-link.ts';
import { permitRequests } from './permits.ts';
import { problemText } from './problems.ts';
import type { RunRecord } from './runs.ts';

export interface MlflowDraft {
  readonly address: string;
  readonly experiment: string;
  readonly registeredModel: string;
  readonly withModel: boolean;
}

export interface MlflowState {
  /** Kept for the next run; the address may hold a password and is never written down. */
  readonly draft: MlflowDraft;
  readonly sending: { readonly words: string; readonly fraction: number } | null;
  readonly sent: SentRun | null;
  readonly problem: ProblemText | null;
  edit(part: Partial<MlflowDraft>): void;
  send(record: RunRecord): Promise<void>;
  cancel(): void;
  /** Forgets what came of the last one. */
  clear(): void;
}

export const mlflowStore = createStore<MlflowState>()((set, get) => ({
  draft: { address: 'http://localhost:5000', experiment: 'Tabtune', registeredModel: '', withModel: true },
  sending: null,
  sent: null,
  problem: null,
  edit: (part) => set(({ draft }) => ({ draft: { ...draft, ...part } })),
  async send({ id, modelBytes }) {
    if (get().sending) return;
    const { address, experiment, registeredModel, withModel } = get().draft;
    set({ sending: { words: 'the experiment', fraction: 0 }, sent: null, problem: null });
    const typed = address.trim();
    const revoke = URL.canParse(typed) ? await permitRequests(new URL(typed).origin, 'the run that was sent to MLflow') : null;
    const sendsModel = withModel && modelBytes !== null;
    const request = {
      ...{ run: id, address: typed, experiment: experiment.trim(), withModel: sendsModel },
      registeredModel: sendsModel ? registeredModel.trim() : '',
    };
    try {
      const onProgress = proxy((words: string, fraction: number) => {
        if (get().sending) set({ sending: { words, fraction } });
      });
      set({ sent: await askLibrary(({ library }) => library.sendToMlflow(request, onProgress)) });
    } catch (error) {
      if (!(error instanceof Error && error.name === 'AbortError')) set({ problem: problemText(error, 'MLflow') });
    } finally {
      revoke?.();
      set({ sending: null });
    }
  },
  cancel: () => void askLibrary(({ library }) => library.cancelMlflow()).catch(() => undefined),
  clear: () => set({ sent: null, problem: null }),
}));
