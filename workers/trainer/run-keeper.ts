/**
 * Keeps the run that is on: each checkpoint is written beside the ones before and counts only when its manifest, the last file, has its
 * name; then what is beyond the limit goes. Where the disk is full the older ones make room, and if that is not enough, or there is no disk,
 * the state is held in memory. One writer a run: whoever has its Web Lock.
 */
import type { Evaluation, StepPoint } from '../../src/engine/train/arguments.ts';
import { bytesToSteps, stepsToBytes } from '../../src/engine/train/step-bytes.ts';
import { holdState, readFacts, type RunState } from '../../src/engine/train/run-state.ts';
import { PARTIAL, type FileStore } from '../../src/lib/file-store.ts';
import { Problem, problemWords, type ProblemText } from '../../src/lib/problem.ts';
import {
  checkpointName,
  readRun,
  RUN_FILE,
  type CheckpointManifest,
  type RunAbout,
  type SavedFile,
} from '../../src/storage/saved-runs.ts';
import { readTensors, writeTensors, writeWhole } from './tensor-files.ts';

/** A run as it was saved. */
export interface SavedState {
  readonly state: RunState;
  readonly points: readonly StepPoint[];
  readonly evaluations: readonly Evaluation[];
  /** Where it was trained: only the same gives the same bits. */
  readonly backend: string;
}

/** What a checkpoint says beside the state. */
export interface RunHistory {
  readonly points: { readonly length: number; readonly at: (index: number) => StepPoint };
  readonly evaluations: readonly Evaluation[];
  readonly about: Pick<CheckpointManifest, 'totalSteps' | 'backend' | 'compute' | 'classes' | 'problemType' | 'fingerprint'>;
}

/** How a save went. */
export interface SaveOutcome {
  readonly place: 'disk' | 'memory';
  readonly seconds: number;
  /** On the disk. */
  readonly bytes: number;
  /** Why it is in memory alone. */
  readonly problem: ProblemText | null;
}

export interface RunKeeper {
  readonly id: string;
  readonly about: RunAbout;
  /** Why nothing can be written at all, null where it can. */
  readonly problem: ProblemText | null;
  /** Writes files of the model that the run began with, so that it goes on without them: those that are not there yet. */
  keepBase(files: readonly BaseFile[]): Promise<void>;
  /** Keeps the run as it is now. `check` throws where what was read cannot be trusted. Never throws for want of room. */
  save(state: RunState, history: RunHistory, check: () => void): Promise<SaveOutcome>;
  /** The last one that was saved and is whole; null before the first. */
  latest(): Promise<SavedState | null>;
  /** The run is over, or `null`, waits to go on. Of its checkpoints the latest stays. */
  end(outcome: string | null): Promise<void>;
  /** Removes everything of it. */
  discard(): Promise<void>;
  /** Lets others write it. */
  release(): void;
}

export interface BaseFile {
  readonly name: string;
  readonly write: (store: FileStore, folder: string, name: string) => Promise<SavedFile>;
}

/** What the files of the model are called in the folder of a run. */
export const BASE = 'base.';

/** Where runs are kept. */
export interface RunShelf {
  /** A keeper for a run, the only one for it anywhere. Throws `Problem` where another tab has it. */
  keep(about: RunAbout): Promise<RunKeeper>;
  /** Removes a run. Throws `Problem` where another tab has it. */
  remove(id: string): Promise<void>;
}

interface KeeperOptions {
  readonly store: FileStore;
  readonly about: RunAbout;
  /** Checkpoints that stay. */
  readonly limit: number;
  readonly release: () => void;
  readonly now?: () => number;
}

function json(value: unknown): readonly Uint8Array[] {
  return [new TextEncoder().encode(JSON.stringify(value))];
}

const IS_OF_CHECKPOINT = /^(checkpoint|best)-\d+\./;

function noRoom(error: unknown): ProblemText {
  // Where the quota is reached already, the browser refuses with an exception of its own.
  if (!(error instanceof Problem || error instanceof DOMException)) throw error;
  return {
    where: 'Saving the run',
    expected: 'room on the disk for a checkpoint',
    found: error instanceof Problem ? error.found : error.message.replace(/\.$/, ''),
    fix: 'The run goes on, and its last state is held in memory while this page is open. Free room on the disk, or remove runs and models: the next checkpoint is written again.',
  };
}

/** Removes files of checkpoints that no manifest among those that stay names, and what was never finished. */
export async function pruneCheckpoints(from: FileStore, id: string, stays: number): Promise<void> {
  const kept = ((await readRun(from, id))?.checkpoints ?? []).slice(0, stays);
  const named = new Set(
    kept.flatMap(({ step, state, best, curves }) => [`${checkpointName(step)}.json`, state.name, curves.name, best?.name]),
  );
  const names = [...(await from.files(id)).keys()];
  // Manifests go first: without its files one would name what is not there.
  const order = names.sort((a, b) => Number(b.endsWith('.json')) - Number(a.endsWith('.json')));
  for (const name of order) {
    if (name.endsWith(PARTIAL) || (IS_OF_CHECKPOINT.test(name) && !named.has(name))) await from.removeFile(id, name);
  }
}

/** Where the run's own file cannot be written, `problem` says so and everything is held in memory. */
export async function createRunKeeper({ store, about, limit, release, now = Date.now }: KeeperOptions): Promise<RunKeeper> {
  const { id } = about;
  let held: SavedState | null = null;
  let disk: FileStore | null = store;
  let problem: ProblemText | null = null;

  const writeAbout = async (ended: string | null): Promise<void> => {
    if (disk) await writeWhole(disk, id, RUN_FILE, json({ ...about, ended }));
  };
  try {
    await writeAbout(null);
  } catch (error) {
    problem = noRoom(error);
    disk = null;
  }

  const writeCheckpoint = async (to: FileStore, state: RunState, history: RunHistory, check: () => void): Promise<number> => {
    const { facts } = state;
    const name = checkpointName(facts.step);
    const stateFile = await writeTensors(to, id, `${name}.safetensors`, state.tensors);
    let best: SavedFile | null = null;
    if (facts.best) {
      const bestName = `best-${String(facts.best.step).padStart(8, '0')}.safetensors`;
      const bytes = (await to.files(id)).get(bestName);
      best = bytes === undefined ? await writeTensors(to, id, bestName, state.best) : { name: bestName, bytes };
    }
    const { points, evaluations } = history;
    const curves = await writeWhole(to, id, `${name}.curves`, [stepsToBytes(points.length, points.at)]);
    check();
    const { step } = facts;
    const manifest: CheckpointManifest = {
      version: 1,
      step,
      at: now(),
      ...history.about,
      facts,
      evaluations,
      state: stateFile,
      best,
      curves,
    };
    await writeWhole(to, id, `${name}.json`, json(manifest));
    await pruneCheckpoints(to, id, limit);
    return stateFile.bytes + curves.bytes;
  };

  return {
    id,
    about,
    problem,
    async keepBase(files) {
      if (!disk) return;
      const there = await disk.files(id);
      for (const { name, write } of files) if (!there.has(BASE + name)) await write(disk, id, BASE + name);
    },
    async save(state, history, check) {
      const from = performance.now();
      let why = problem;
      let bytes = 0;
      if (disk) {
        const to = disk;
        try {
          bytes = await writeCheckpoint(to, state, history, check).catch(async (error: unknown) => {
            noRoom(error);
            await pruneCheckpoints(to, id, 1);
            return writeCheckpoint(to, state, history, check);
          });
          held = null;
          return { place: 'disk', seconds: (performance.now() - from) / 1000, bytes, problem: null };
        } catch (error) {
          check();
          why = noRoom(error);
          await pruneCheckpoints(to, id, limit).catch(() => undefined);
        }
      }
      const { points, evaluations, about: told } = history;
      const copy = await holdState(state);
      check();
      held = {
        state: copy,
        points: Array.from({ length: points.length }, (_, i) => points.at(i)),
        evaluations: [...evaluations],
        backend: told.backend,
      };
      return { place: 'memory', seconds: (performance.now() - from) / 1000, bytes, problem: why };
    },
    async latest() {
      if (held || !disk) return held;
      for (const manifest of (await readRun(disk, id))?.checkpoints ?? []) {
        const facts = readFacts(manifest.facts);
        if (!facts) continue;
        const tensors = await readTensors(disk, id, manifest.state);
        const best = manifest.best ? await readTensors(disk, id, manifest.best) : [];
        const bytes = new Uint8Array(await (await disk.read(id, manifest.curves.name)).arrayBuffer());
        const evaluations = manifest.evaluations as readonly Evaluation[];
        return { state: { facts, tensors, best }, points: bytesToSteps(bytes), evaluations, backend: manifest.backend };
      }
      return null;
    },
    async end(outcome) {
      if (!disk) return;
      await pruneCheckpoints(disk, id, 1);
      await writeAbout(outcome);
    },
    async discard() {
      held = null;
      if (disk && (await disk.folders()).includes(id)) await disk.removeFolder(id);
    },
    release,
  };
}

/** How a keeper's problem reads on the page. */
export function keeperProblem({ problem }: RunKeeper): ProblemText | null {
  return problem && problemWords(problem);
}
