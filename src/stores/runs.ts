/**
 * The runs that were kept on this machine. A run that is deleted is out of sight at once and can be brought back for some seconds; then,
 * or when the page is gone, its files go too.
 */
import { createStore } from 'zustand/vanilla';
import type { BaseModel, RunRecord, RunRecords } from '../storage/run-records.ts';
import { openRunRecords } from '../storage/run-records.ts';
import { runLock } from '../storage/saved-runs.ts';
import { askLibrary } from './library-link.ts';
import { problemsStore, report } from './problems.ts';

export type { BaseModel, RunRecord };

/** What of a run lies on the disk. */
export interface RunFiles {
  /** Bytes of each run that has any. */
  sizes(): Promise<ReadonlyMap<string, number>>;
  remove(id: string): Promise<void>;
  removeModel(id: string): Promise<void>;
}

export interface RunsState {
  /** The newest first; null until they were listed. */
  readonly records: readonly RunRecord[] | null;
  /** Bytes on the disk by run. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Deleted last, and still to be brought back. */
  readonly deleted: readonly RunRecord[];
  refresh(): Promise<void>;
  /** A record as it is now: told by who writes it. */
  take(record: RunRecord): void;
  annotate(id: string, words: Pick<RunRecord, 'name' | 'note'>): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  undo(): Promise<void>;
  /** Removes a run at once, with all of it. */
  forget(id: string): Promise<void>;
  /** Looks again what lies on the disk. */
  measure(): Promise<void>;
  /** Removes the models, not the runs. */
  freeModels(ids: readonly string[]): Promise<void>;
}

/** How long a deleted run can be brought back, in milliseconds. */
export const UNDO_FOR = 12_000;

/** Runs that are on in some page now. */
async function runsThatAreOn(): Promise<ReadonlySet<string>> {
  if (!('locks' in navigator)) return new Set();
  const { held = [] } = await navigator.locks.query();
  return new Set(held.flatMap(({ name }) => (name === undefined ? [] : [name])));
}

/** The number of the next run. */
export function nextNumber(records: readonly RunRecord[]): number {
  return Math.max(0, ...records.map(({ number }) => number)) + 1;
}

export function createRunsStore(records: RunRecords, files: RunFiles, isOn = runsThatAreOn) {
  return createStore<RunsState>()((set, get) => {
    const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        report('runs', error, what);
      }
    };
    const measure = async (): Promise<void> => set({ sizes: await files.sizes() });
    const put = (record: RunRecord): void =>
      set(({ records: before }) => ({
        records: [record, ...(before ?? []).filter(({ id }) => id !== record.id)].sort((a, b) => b.number - a.number),
      }));
    /** Takes its files and then itself: what is interrupted in between is done at the next visit. */
    const purge = async (id: string): Promise<void> => {
      await files.remove(id);
      await records.remove(id);
      set(({ deleted }) => ({ deleted: deleted.filter((each) => each.id !== id) }));
    };
    const purgeLater = (id: string, deletedAt: number): void => {
      setTimeout(
        () =>
          void attempt('A deleted run', async () => {
            const all = await records.list();
            // It was brought back, perhaps in another tab, or deleted again since.
            if (all.find((each) => each.id === id)?.deletedAt === deletedAt) await purge(id);
          }),
        Math.max(0, deletedAt + UNDO_FOR - Date.now()),
      );
    };
    const stamp = async (id: string, deletedAt: number | null): Promise<RunRecord | null> =>
      records.change(id, (record) => ({ ...record, deletedAt }));

    return {
      records: null,
      sizes: new Map(),
      deleted: [],
      async refresh() {
        await attempt('Runs', async () => {
          const [all, on] = [await records.list(), await isOn()];
          const present: RunRecord[] = [];
          for (const record of all) {
            if (record.deletedAt !== null) {
              if (!get().deleted.some(({ id }) => id === record.id)) purgeLater(record.id, record.deletedAt);
            } else if (record.outcome === 'running' && !on.has(runLock(record.id))) {
              const interrupted = await records.change(record.id, (now) => ({ ...now, outcome: 'interrupted' }));
              if (interrupted) present.push(interrupted);
            } else present.push(record);
          }
          set({ records: present.sort((a, b) => b.number - a.number) });
          await measure();
        });
        if (get().records === null) set({ records: [] });
      },
      take: put,
      measure: () => attempt('Storage', measure),
      forget: (id) =>
        attempt('A discarded run', async () => {
          await purge(id);
          set(({ records: before }) => ({ records: before?.filter((record) => record.id !== id) ?? null }));
        }),
      annotate: (id, { name, note }) =>
        attempt('Name and note', async () => {
          const changed = await records.change(id, (record) => ({
            ...record,
            name: name.trim() || record.name,
            note: note.trim(),
          }));
          if (changed) put(changed);
        }),
      remove: (ids) =>
        attempt('Deleting', async () => {
          problemsStore.getState().clear('runs');
          const deletedAt = Date.now();
          const gone = (await Promise.all(ids.map((id) => stamp(id, deletedAt)))).filter((record) => record !== null);
          set(({ records: before }) => ({
            records: before?.filter(({ id }) => !ids.includes(id)) ?? null,
            deleted: gone,
          }));
          for (const { id } of gone) purgeLater(id, deletedAt);
        }),
      undo: () =>
        attempt('Undo', async () => {
          const { deleted } = get();
          set({ deleted: [] });
          for (const { id } of deleted) {
            const back = await stamp(id, null);
            if (back) put(back);
          }
        }),
      freeModels: (ids) =>
        attempt('Freeing storage', async () => {
          problemsStore.getState().clear('runs');
          for (const id of ids) {
            await files.removeModel(id);
            const changed = await records.change(id, (record) => ({ ...record, modelBytes: null, modelProblem: null }));
            if (changed) put(changed);
          }
          await measure();
        }),
    };
  });
}

/** One for the page: who records a run and who shows it see the same. */
export const runRecords = openRunRecords();

export const runsStore = createRunsStore(runRecords, {
  sizes: () => askLibrary(({ library }) => library.runSizes()),
  remove: (id) => askLibrary(({ library }) => library.removeRun(id)),
  removeModel: (id) => askLibrary(({ library }) => library.removeRunModel(id)),
});
