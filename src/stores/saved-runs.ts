/**
 * The run that the last visit did not bring to its end, for the page to offer again. Reading what lies on the disk needs no worker; writing
 * is the trainer's alone.
 */
import { createStore } from 'zustand/vanilla';
import { plural } from '../lib/counts.ts';
import { isLocked } from '../lib/web-lock.ts';
import { opfsReader } from '../storage/opfs-reader.ts';
import { listRuns, runLock, RUNS_FOLDER, type SavedRun } from '../storage/saved-runs.ts';
import { computeStore } from './compute.ts';
import { dataStore } from './data.ts';
import { dataNeeds, reopenData } from './kept-data.ts';
import { modelStore } from './model.ts';
import { problemsStore, report } from './problems.ts';
import { sourceOfRun } from './run-model.ts';
import { runStore } from './run.ts';
import { call } from './workers.ts';

export interface SavedRunsState {
  /** The latest run that waits to go on, null when there is none or the person wants it later. */
  readonly offer: SavedRun | null;
  /** Another tab trains it: it can be looked at there, and not be touched here. */
  readonly elsewhere: boolean;
  /** Looks what lies on the disk. */
  look(): Promise<void>;
  /** Goes on with the offered run, with the data that it began with. */
  goOn(): Promise<void>;
  /** Removes the offered run for good. */
  discard(): Promise<void>;
  /** Not now: it is offered again at the next visit. */
  later(): void;
}

/** Opens the data of the run from this machine, unless they are open. False where the person has to: what, they are told. */
async function ensureData({ about }: SavedRun): Promise<boolean> {
  const { name, fingerprint } = about.dataset;
  if (await reopenData(fingerprint)) return true;
  const { dataset } = dataStore.getState();
  problemsStore.getState().add('training', {
    where: 'The run',
    expected: `the data that it began with: ${name} (fingerprint ${fingerprint.slice(0, 12)})`,
    found: dataset
      ? `${dataset.summary.name} (fingerprint ${dataset.profile?.fingerprint.slice(0, 12) ?? 'none yet'})`
      : 'no data on the page',
    fix: `Open ${name} with the same columns, split and mends, then press Continue again. The run is kept.`,
  });
  return false;
}

export const savedRunsStore = createStore<SavedRunsState>()((set, get) => ({
  offer: null,
  elsewhere: false,
  async look() {
    try {
      const runs = await listRuns(opfsReader(RUNS_FOLDER));
      const offer = runs.find(({ about }) => about.ended === null) ?? null;
      set({ offer, elsewhere: offer !== null && (await isLocked(runLock(offer.about.id))) });
    } catch {
      // No disk, no runs. Whoever trains here is told then.
      set({ offer: null, elsewhere: false });
    }
  },
  async goOn() {
    const { offer } = get();
    if (!offer || runStore.getState().status !== 'idle') return;
    problemsStore.getState().clear('training');
    if (await isLocked(runLock(offer.about.id))) {
      set({ elsewhere: true });
      return;
    }
    if (!(await ensureData(offer))) return;
    const backend = offer.checkpoints[0]?.backend;
    const { choice } = computeStore.getState();
    // The same hardware gives the same numbers.
    if (backend === 'webgpu' && choice === 'cpu') await computeStore.getState().choose('webgpu');
    const source = sourceOfRun(offer.about);
    const { source: open, info } = modelStore.getState();
    const isOpen = info !== null && JSON.stringify(open) === JSON.stringify(source);
    if (!isOpen && !(await modelStore.getState().open(source))) return;
    set({ offer: null });
    await runStore.getState().goOn(offer.about);
    await get().look();
  },
  async discard() {
    const { offer } = get();
    if (!offer) return;
    set({ offer: null });
    try {
      await call((link) => link.trainer.removeRun(offer.about.id));
    } catch (error) {
      set({ offer });
      report('training', error, 'The run');
    }
  },
  later() {
    set({ offer: null });
  },
}));

/** "at 420 of 1,125 steps", or that it had not come to its first checkpoint. */
export function howFar({ checkpoints: [latest] }: SavedRun): string {
  if (!latest) return 'before its first checkpoint';
  return `at ${latest.step.toLocaleString('en-US')} of ${plural(latest.totalSteps, 'step')}`;
}

/** Looks once at the start of the page, and again whenever a run ends otherwise than by itself. */
export function offerSavedRuns(): void {
  const waiting = async (): Promise<readonly SavedRun[]> =>
    (await listRuns(opfsReader(RUNS_FOLDER))).filter(({ about }) => about.ended === null);
  dataNeeds.push(async () => (await waiting().catch(() => [])).map(({ about }) => about.dataset.fingerprint));
  void savedRunsStore.getState().look();
  runStore.subscribe(({ status, result }, before) => {
    if (status === 'idle' && before.status !== 'idle' && result === null) void savedRunsStore.getState().look();
  });
}
