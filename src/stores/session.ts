/** What a person does that touches more than one store: opening data, opening a model, choosing the hardware. */
import type { DataSource, ReadingChoice } from '../data/types.ts';
import type { ComputeChoice } from '../engine/backend/types.ts';
import type { CachedModel, HubRequest } from '../protocol/library.ts';
import type { ModelSource } from '../protocol/trainer.ts';
import { computeStore } from './compute.ts';
import { dataStore } from './data.ts';
import { restoreData } from './kept-data.ts';
import { libraryStore } from './library.ts';
import { modelStore, modelSourceName } from './model.ts';
import { problemsStore, report } from './problems.ts';
import { runStore } from './run.ts';
import { tryStore } from './try.ts';

/** Opens a dataset and, if none is there yet, the starter model, so that Train has nothing to wait for. */
export async function openData(source: DataSource, reading: ReadingChoice = {}): Promise<void> {
  if (await dataStore.getState().open(source, reading)) await ensureModel();
}

/** What was open before the page was loaded anew. */
export async function restoreSession(): Promise<void> {
  if (await restoreData()) await ensureModel();
}

async function ensureModel(): Promise<void> {
  try {
    await modelStore.getState().ensure();
  } catch (error) {
    report('model', error, modelSourceName(modelStore.getState().source));
  }
}

/** Opens a model; the last run's figures go, its model is no longer the one on the page. */
async function openSource(source: ModelSource): Promise<void> {
  if (refuseWhileRunning()) return;
  if (!(await modelStore.getState().open(source))) return;
  runStore.getState().clear();
  tryStore.getState().refresh();
}

/** A zip or the files of a folder. */
export function openModel(files: readonly File[]): Promise<void> {
  return openSource({ kind: 'files', files });
}

export function openStarter(): Promise<void> {
  return openSource({ kind: 'starter' });
}

/** A model that is on this machine already. */
export function openCached({ key, id }: CachedModel): Promise<void> {
  return openSource({ kind: 'hub', key, id });
}

/** The model that a run ended with, as the base of the next. */
export function openRunModel(source: Extract<ModelSource, { kind: 'trained' }>): Promise<void> {
  return openSource(source);
}

/** A model of the hub: downloaded if it is not here yet, then opened. */
export async function openHub(request: HubRequest): Promise<void> {
  if (refuseWhileRunning()) return;
  const model = await libraryStore.getState().download(request);
  if (model) await openCached(model);
}

function refuseWhileRunning(): boolean {
  if (runStore.getState().status === 'idle') return false;
  problemsStore.getState().add('model', {
    where: 'The model',
    expected: 'no run in progress',
    found: 'one that trains the model on the page',
    fix: 'Stop the run first, then open the other model.',
  });
  return true;
}

export async function chooseCompute(choice: ComputeChoice): Promise<void> {
  await computeStore.getState().choose(choice);
}

/** Files as they were dropped or chosen: a model's go to the model, tables to the data. */
export async function openFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  if (await looksLikeModel(files)) return openModel(files);
  return openData({ kind: 'files', files });
}

const MODEL_FILE = /\.safetensors$|^pytorch_model.*\.bin$/i;
const MODEL_FOLDER = /^(config|tokenizer|tokenizer_config)\.json$/i;
/** A zip's list of names stands at its end; this much of it is looked at. */
const ZIP_END = 2 ** 20;

/** Weights, a config beside other files, or a zip with either. */
export async function looksLikeModel(files: readonly File[]): Promise<boolean> {
  if (files.some(({ name }) => MODEL_FILE.test(name) || (files.length > 1 && MODEL_FOLDER.test(name)))) return true;
  const zips = await Promise.all(files.filter(({ name }) => /\.zip$/i.test(name)).map(endOf));
  return zips.some((end) => /\.safetensors|config\.json|tokenizer\.json|pytorch_model.*\.bin/.test(end));
}

/** The last bytes of a file, one character a byte; a file that cannot be read is judged by whoever opens it. */
async function endOf(file: File): Promise<string> {
  const bytes = await file
    .slice(-ZIP_END)
    .arrayBuffer()
    .catch(() => new ArrayBuffer(0));
  return new TextDecoder('latin1').decode(bytes);
}
