/** Models of the Hugging Face hub: the one that is on its way, and those that are on this machine. */
import { createStore } from 'zustand/vanilla';
import { HUB } from '../lib/hub-address.ts';
import { proxy } from '../protocol/bridge.ts';
import type { CachedModel, HubRequest } from '../protocol/library.ts';
import { askLibrary } from './library-link.ts';
import { permitRequests } from './permits.ts';
import { problemsStore, report } from './problems.ts';
import { createRate } from './transfer-rate.ts';
import { call } from './workers.ts';

export interface Transfer {
  readonly name: string;
  /** Bytes so far and in all; both 0 until the hub has answered. */
  readonly done: number;
  readonly total: number;
  readonly bytesPerSecond: number | null;
}

export interface LibraryState {
  /** Null until they were listed. */
  readonly models: readonly CachedModel[] | null;
  readonly transfer: Transfer | null;
  readonly draft: HubRequest;
  edit(part: Partial<HubRequest>): void;
  refresh(): Promise<void>;
  /** The model once it is on this machine; null when it was cancelled or failed, which is then listed as a problem. */
  download(request: HubRequest): Promise<CachedModel | null>;
  cancel(): void;
  remove(model: CachedModel): Promise<void>;
}

const isCancelled = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

export const libraryStore = createStore<LibraryState>()((set, get) => ({
  models: null,
  transfer: null,
  draft: { model: '', revision: '', token: '' },
  edit: (part) => set(({ draft }) => ({ draft: { ...draft, ...part } })),

  async refresh() {
    try {
      set({ models: await askLibrary(({ library }) => library.list()) });
    } catch (error) {
      set({ models: [] });
      report('model', error, 'Models on this machine');
    }
  },

  async download(request) {
    if (get().transfer) return null;
    problemsStore.getState().clear('model');
    const name = request.model.trim();
    set({ transfer: { name, done: 0, total: 0, bytesPerSecond: null } });
    const rate = createRate();
    const onProgress = (done: number, total: number): void => {
      if (get().transfer) set({ transfer: { name, done, total, bytesPerSecond: rate(done, performance.now()) } });
    };
    // The trainer knows which kinds of models can be trained; one of another kind is refused before its weights come.
    const checkConfig = (config: unknown): Promise<void> => call(({ trainer }) => trainer.checkConfig(config));
    const revoke = await permitRequests(HUB, `the model ${name}`);
    try {
      // Asked for here, because a worker may not: the browser then does not clear the models away when the disk gets full.
      await navigator.storage.persist();
      return await askLibrary(({ library }) => library.download(request, proxy(onProgress), proxy(checkConfig)));
    } catch (error) {
      if (!isCancelled(error)) report('model', error, name || 'Hub model');
      return null;
    } finally {
      revoke();
      set({ transfer: null });
      await get().refresh();
    }
  },

  cancel() {
    askLibrary(({ library }) => library.cancel()).catch((error: unknown) => report('model', error, 'Cancel'));
  },

  async remove({ key, id }) {
    try {
      await askLibrary(({ library }) => library.remove(key));
    } catch (error) {
      report('model', error, id);
    }
    await get().refresh();
  },
}));
