/** What a person does that touches more than one store: opening data, opening a model, choosing the hardware. */
import type { DataSource } from '../data/types.ts';
import type { ComputeChoice } from '../engine/backend/types.ts';
import type { CachedModel, HubRequest } from '../protocol/library.ts';
import type { ModelSource } from '../protocol/trainer.ts';
import { computeStore } from './compute.ts';
import { dataStore } from './data.ts';
import { libraryStore } from './library.ts';
import { modelStore, modelSourceName } from './model.ts';
import { problemsStore, report } from './problems.ts';
import { runStore } from './run.ts';
import { tryStore } from './try.ts';

/** Opens a dataset and, if none is there yet, the starter model, so that Train has nothing to wait for. */
export async function openData(source: DataSource): Promise<void> {
  if (!(await dataStore.getState().open(source))) return;
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

/** Files as they were dropped or chosen: a model's go to the model, one table to the data. */
export async function openFiles(files: readonly File[]): Promise<void> {
  const [first, ...others] = files;
  if (!first) return;
  if (looksLikeModel(files)) return openModel(files);
  if (others.length > 0) {
    problemsStore.getState().add('data', {
      where: `${files.length} files`,
      expected: 'one table, or the files of one model folder',
      found: files
        .slice(0, 3)
        .map((file) => file.name)
        .join(', ')
        .concat(files.length > 3 ? ', …' : ''),
      fix: 'Drop one file. To train on several, put their rows into one table first.',
    });
    return;
  }
  return openData({ kind: 'file', file: first });
}

/** A zip, or a folder with weights or a config beside other files. */
export function looksLikeModel(files: readonly { readonly name: string }[]): boolean {
  return files.some(
    ({ name }) =>
      /\.(zip|safetensors)$|^pytorch_model.*\.bin$/i.test(name) ||
      (files.length > 1 && /^(config|tokenizer|tokenizer_config)\.json$/i.test(name)),
  );
}
