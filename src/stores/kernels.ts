/** The kernels panel: where a training step's time goes, measured when the person asks for it. */
import { createStore } from 'zustand/vanilla';
import { proxy } from '../protocol/bridge.ts';
import type { Profile, ProfileRows } from '../protocol/trainer.ts';
import { computeStore } from './compute.ts';
import { dataStore } from './data.ts';
import { modelStore } from './model.ts';
import { problemsStore, report } from './problems.ts';
import { presentSettings } from './settings.ts';
import { call } from './workers.ts';

export interface KernelsState {
  readonly profile: Profile | null;
  /** 0 to 1 while it is being measured. */
  readonly progress: number | null;
  /** Measures with the present settings, on the hardware in use. What fails is listed as a problem of the hardware. */
  measure(from: ProfileRows): Promise<void>;
}

export const kernelsStore = createStore<KernelsState>()((set, get) => ({
  profile: null,
  progress: null,
  async measure(from) {
    if (get().progress !== null) return;
    problemsStore.getState().clear('compute');
    const settings = presentSettings();
    if (!settings) return;
    set({ progress: 0 });
    try {
      await computeStore.getState().ensure();
      await modelStore.getState().ensure();
      if (from === 'dataset') await dataStore.getState().ensure();
      const onProgress = proxy((done: number, total: number) => {
        if (get().progress !== null) set({ progress: done / total });
      });
      set({ profile: await call((link) => link.trainer.profile(settings, from, onProgress)) });
    } catch (error) {
      report('compute', error, 'Kernels');
    } finally {
      set({ progress: null });
    }
  },
}));
