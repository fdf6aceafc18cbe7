/** Which hardware the page trains on, and why. Before the trainer worker lives it is what the browser offers; then what it took. */
import { createStore } from 'zustand/vanilla';
import { probeCompute } from '../engine/backend/choose.ts';
import type { ComputeChoice, ComputeInfo } from '../engine/backend/types.ts';
import { problemsStore, report } from './problems.ts';
import { call, hasWorkers, liveGeneration } from './workers.ts';

export interface ComputeState {
  readonly choice: ComputeChoice;
  readonly info: ComputeInfo | null;
  readonly starting: boolean;
  /** The workers in which the backend was started, 0 when none. */
  readonly generation: number;
  /** Says what the choice would give, without starting anything. */
  probe(): Promise<void>;
  /** Starts the backend of the present choice in the trainer worker if it is not yet. Throws `Problem`. */
  ensure(): Promise<void>;
  /** Another choice; resolves true when it holds. A choice that fails is listed as a problem, the one before stays. */
  choose(choice: ComputeChoice): Promise<boolean>;
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
  };
});
