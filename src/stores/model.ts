/** The open model: the starter unless the person opens another. */
import { createStore } from 'zustand/vanilla';
import { proxy } from '../protocol/bridge.ts';
import type { ModelInfo, ModelSource } from '../protocol/trainer.ts';
import { computeStore } from './compute.ts';
import { problemsStore, report } from './problems.ts';
import { call, liveGeneration } from './workers.ts';

export interface ModelState {
  readonly info: ModelInfo | null;
  readonly source: ModelSource;
  /** A model on its way in; `fraction` 0..1 of its bytes. */
  readonly loading: { readonly name: string; readonly fraction: number } | null;
  /** The workers that hold it, 0 when none. */
  readonly generation: number;
  /** Opens `source`; true when it became the model. A bad one is listed as a problem and the one before stays. */
  open(source: ModelSource): Promise<boolean>;
  /** Makes sure that the live workers hold a model, by default the starter. Throws `Problem`. */
  ensure(): Promise<void>;
}

export function modelSourceName(source: ModelSource): string {
  if (source.kind === 'starter') return 'Starter';
  if (source.kind === 'hub') return source.id;
  if (source.kind === 'run' || source.kind === 'trained') return source.name;
  const [first, ...others] = source.files;
  if (!first) return 'the folder';
  const folder = first.webkitRelativePath.split('/')[0];
  return others.length === 0 ? first.name : folder || `${source.files.length} files`;
}

let latest = 0;
/** The load that runs now, so that two who need the same model wait for one. */
let queue: Promise<unknown> = Promise.resolve();
let pending: { readonly source: ModelSource; readonly done: Promise<boolean> } | null = null;

export const modelStore = createStore<ModelState>()((set, get) => {
  const load = async (source: ModelSource): Promise<boolean> => {
    const mine = ++latest;
    const name = modelSourceName(source);
    set({ loading: { name, fraction: 0 } });
    try {
      await computeStore.getState().ensure();
      const info = await call((link) =>
        link.trainer.openModel(
          source,
          proxy((done: number, total: number) => {
            if (mine === latest && get().loading) set({ loading: { name, fraction: total > 0 ? done / total : 0 } });
          }),
        ),
      );
      // The worker opens models in the order of the calls, so the last answer is the last model.
      set({ info, source, generation: liveGeneration() });
      return true;
    } finally {
      if (mine === latest) set({ loading: null });
    }
  };
  const loadOnce = (source: ModelSource): Promise<boolean> => {
    if (pending?.source === source) return pending.done;
    // In the order of the calls: starting the hardware may take one of them longer than the next.
    const done = queue
      .then(() => load(source))
      .finally(() => {
        if (pending?.done === done) pending = null;
      });
    queue = done.catch(() => undefined);
    pending = { source, done };
    return done;
  };

  return {
    info: null,
    source: { kind: 'starter' },
    loading: null,
    generation: 0,
    async open(source) {
      problemsStore.getState().clear('model');
      try {
        return await loadOnce(source);
      } catch (error) {
        report('model', error, modelSourceName(source));
        return false;
      }
    },
    async ensure() {
      if (liveGeneration() !== 0 && get().generation === liveGeneration()) return;
      await loadOnce(pending?.source ?? get().source);
    },
  };
});
