/**
 * Runs on the browser's disk, a folder each: `run.json` says what the run is from before its first step, and each checkpoint is a manifest
 * `checkpoint-STEP.json`, written last, beside the files that it names. What lies there may be older than the page or half written: it is
 * read as something unknown, and what is not whole counts as not there. Only the trainer worker writes (workers/trainer/run-keeper.ts).
 */
import type { FileReader } from '../lib/file-store.ts';

export const RUNS_FOLDER = 'runs';
export const RUN_FILE = 'run.json';

/** The Web Lock that whoever trains or keeps a run holds: the one writer of its folder. */
export function runLock(id: string): string {
  return `tabtune-run-${id}`;
}

/** Where the model came from that the run began with. */
export type RunModel =
  | { readonly kind: 'starter'; readonly name: string }
  | { readonly kind: 'hub'; readonly name: string; readonly key: string; readonly id: string }
  /** A person's own files: a copy lies in the run's folder once training began. */
  | { readonly kind: 'files'; readonly name: string };

export interface RunAbout {
  readonly version: 1;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** All training arguments by their names. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly dataset: { readonly name: string; readonly fingerprint: string };
  readonly model: RunModel;
  /** How it ended, by itself or by a person; null while it may go on by itself. */
  readonly ended: string | null;
}

export interface SavedFile {
  readonly name: string;
  readonly bytes: number;
}

export interface CheckpointManifest {
  readonly version: 1;
  readonly step: number;
  readonly totalSteps: number;
  /** When it was saved, in milliseconds since 1970. */
  readonly at: number;
  readonly backend: string;
  /** The hardware in words. */
  readonly compute: string;
  readonly classes: readonly string[];
  readonly problemType: string;
  readonly fingerprint: string;
  /** The trainer's own (engine/train/run-state.ts). */
  readonly facts: unknown;
  readonly evaluations: readonly unknown[];
  /** What learns with Adam's moments, safetensors. */
  readonly state: SavedFile;
  /** Weights of the best evaluation so far, safetensors; null before the first. */
  readonly best: SavedFile | null;
  /** All steps so far: columns of f64 (engine/train/step-bytes.ts). */
  readonly curves: SavedFile;
}

export interface SavedRun {
  readonly about: RunAbout;
  /** The latest first, whole ones only. */
  readonly checkpoints: readonly CheckpointManifest[];
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isText = (value: unknown): value is string => typeof value === 'string';

function isModel(value: unknown): value is RunModel {
  if (!isFields(value) || !isText(value['name'])) return false;
  const { kind, key, id } = value;
  return kind === 'starter' || kind === 'files' || (kind === 'hub' && isText(key) && isText(id));
}

function isAbout(value: unknown): value is RunAbout & Fields {
  if (!isFields(value)) return false;
  const { version, id, startedAt, settings, dataset, model, ended } = value;
  if (version !== 1 || !isText(id) || typeof startedAt !== 'number' || !isFields(settings) || !isModel(model)) return false;
  return isFields(dataset) && isText(dataset['name']) && isText(dataset['fingerprint']) && (ended === null || isText(ended));
}

function isFile(value: unknown): value is SavedFile {
  return isFields(value) && isText(value['name']) && typeof value['bytes'] === 'number';
}

function isManifest(value: unknown): value is CheckpointManifest & Fields {
  if (!isFields(value)) return false;
  const { version, step, totalSteps, at, backend, compute, classes, problemType, fingerprint, facts, evaluations } = value;
  const { state, best, curves } = value;
  if (version !== 1 || !Number.isInteger(step) || !Number.isInteger(totalSteps) || typeof at !== 'number') return false;
  if (![backend, compute, problemType, fingerprint].every(isText) || !isFields(facts) || !Array.isArray(evaluations))
    return false;
  if (!Array.isArray(classes) || !classes.every(isText)) return false;
  return isFile(state) && isFile(curves) && (best === null || isFile(best));
}

async function readJson(store: FileReader, folder: string, name: string): Promise<unknown> {
  try {
    const json: unknown = JSON.parse(await (await store.read(folder, name)).text());
    return json;
  } catch {
    return null;
  }
}

/** The names of a checkpoint's files, in the order of the steps. */
export function checkpointName(step: number): string {
  return `checkpoint-${String(step).padStart(8, '0')}`;
}

const MANIFEST = /^checkpoint-\d{8,}\.json$/;

/** null where there is no such run, or none that this page understands. */
export async function readRun(store: FileReader, id: string): Promise<SavedRun | null> {
  const sizes = await store.files(id);
  if (!sizes.has(RUN_FILE)) return null;
  const about = await readJson(store, id, RUN_FILE);
  if (!isAbout(about)) return null;
  const checkpoints: CheckpointManifest[] = [];
  const isWhole = ({ name, bytes }: SavedFile): boolean => sizes.get(name) === bytes;
  for (const name of [...sizes.keys()].filter((each) => MANIFEST.test(each)).sort()) {
    const manifest = await readJson(store, id, name);
    if (!isManifest(manifest)) continue;
    const { state, best, curves } = manifest;
    if (isWhole(state) && isWhole(curves) && (best === null || isWhole(best))) checkpoints.unshift(manifest);
  }
  return { about, checkpoints };
}

/** All of them, the latest first. */
export async function listRuns(store: FileReader): Promise<readonly SavedRun[]> {
  const runs = await Promise.all((await store.folders()).map((id) => readRun(store, id)));
  return runs.filter((run) => run !== null).sort((a, b) => b.about.startedAt - a.about.startedAt);
}
