/** Which hardware the page trains on, and why. Before the trainer worker lives it is what the browser offers; then what it took. */
import { createStore } from 'zustand/vanilla';
import { proxy } from '../protocol/bridge.ts';
import { probeCompute } from '../engine/backend/choose.ts';
import type { ComputeChoice, ComputeInfo } from '../engine/backend/types.ts';
import { problemsStore, report } from './problems.ts';
import { call, hasWorkers, liveGeneration } from './workers.ts';

export interface ComputeState {
  readonly choice: ComputeChoice;
  readonly info: ComputeInfo | null;
  readonly starting: boolean;
  /** How much of the GPU is measured, 0..1, while somebody waits for that; else null. */
  readonly tuning: number | null;
  /** The workers in which the backend was started, 0 when none. */
  readonly generation: number;
  /** Says what the choice would give, without starting anything. */
  probe(): Promise<void>;
  /** Starts the backend of the present choice in the trainer worker if it is not yet. Throws `Problem`. */
  ensure(): Promise<void>;
  /** Another choice; resolves true when it holds. A choice that fails is listed as a problem, the one before stays. */
  choose(choice: ComputeChoice): Promise<boolean>;
  /** What the trainer knows by now: it measures a GPU in the background. */
  refresh(): Promise<void>;
  /** Measures which tiles suit the GPU. What goes wrong is listed as a problem. */
  tune(): Promise<void>;
}

let latest = 0;

export const computeStore = createStore<ComputeState>()((set, get) => {
  const start = async (choice: ComputeChoice): Promise<void> => {
    set({ starting: true });
    try {
      const info = await call((link) => link.trainer.useCompute(choice));
      set({ choice, info, generation: liveGeneration() });
    } finally {
      set({ starting: false });
    }
  };
  return {
    choice: 'auto',
    info: null,
    starting: false,
    tuning: null,
    generation: 0,
    async probe() {
      const mine = ++latest;
      const info = await probeCompute(get().choice);
      if (mine === latest && get().generation === 0) set({ info });
    },
    async ensure() {
      if (liveGeneration() === 0 || get().generation !== liveGeneration()) await start(get().choice);
    },
    async choose(choice) {
      problemsStore.getState().clear('compute');
      const before = get().choice;
      if (!hasWorkers()) {
        set({ choice });
        await get().probe();
        return true;
      }
      set({ choice });
      try {
        await start(choice);
        return true;
      } catch (error) {
        set({ choice: before });
        report('compute', error, 'Compute');
        return false;
      }
    },
    async refresh() {
      if (!hasWorkers()) return;
      // Workers that die are told of where the call is that they owe an answer.
      const info = await call((link) => link.trainer.compute()).catch(() => null);
      if (info && get().generation === liveGeneration()) set({ info });
    },
    async tune() {
      problemsStore.getState().clear('tuning');
      set({ tuning: 0 });
      try {
        await get().ensure();
        const onProgress = proxy((done: number, total: number) => set({ tuning: done / total }));
        set({ info: await call((link) => link.trainer.tune(onProgress)) });
      } catch (error) {
        report('tuning', error, 'Tune for this GPU');
      } finally {
        set({ tuning: null });
      }
    },
  };
});
