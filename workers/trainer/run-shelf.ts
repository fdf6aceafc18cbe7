/** All runs on the disk, each with one writer at a time: who has its Web Lock, in whatever tab. The lock ends with its worker. */
import { completeArguments } from '../../src/engine/train/arguments.ts';
import type { FileStore } from '../../src/lib/file-store.ts';
import { Problem } from '../../src/lib/problem.ts';
import type { TakeLock } from '../../src/lib/web-lock.ts';
import { readRun, runLock } from '../../src/storage/saved-runs.ts';
import { createRunKeeper, pruneCheckpoints, type RunShelf } from './run-keeper.ts';

function inAnotherTab(): Problem {
  return new Problem({
    where: 'The run',
    expected: 'that no other tab trains it',
    found: 'one that does',
    fix: 'Watch it there, or close that tab and continue here.',
  });
}

export function createRunShelf(store: FileStore, lock: TakeLock): RunShelf {
  const locked = async (id: string): Promise<() => void> => {
    const release = await lock(runLock(id));
    if (!release) throw inAnotherTab();
    return release;
  };
  /** Checkpoints of runs that finished are of no more use. */
  const tidy = async (present: string): Promise<void> => {
    for (const id of await store.folders()) {
      if (id === present || (await readRun(store, id))?.about.ended !== 'finished') continue;
      await pruneCheckpoints(store, id, 0);
    }
  };
  return {
    async keep(about) {
      const release = await locked(about.id);
      try {
        const { save_total_limit: limit } = completeArguments(about.settings);
        const keeper = await createRunKeeper({ store, about, limit, release });
        if (!keeper.problem) await tidy(about.id);
        return keeper;
      } catch (error) {
        release();
        throw error;
      }
    },
    async remove(id) {
      const release = await locked(id);
      try {
        if ((await store.folders()).includes(id)) await store.removeFolder(id);
      } finally {
        release();
      }
    },
  };
}
