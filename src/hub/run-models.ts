/**
 * The models that runs ended with, each in the folder of its run: the files of the export, so that a model can be opened as a base, packed
 * again and sent on without being trained anew. A model is written under another name and gets its own when it is whole.
 */
import type { PackedFile } from '../formats/packed-file.ts';
import type { FileStore } from '../lib/file-store.ts';
import { Problem } from '../lib/problem.ts';
import { diskFile } from './folder-files.ts';
import { openFolder, type ModelFolder } from './model-folder.ts';

/** `model`: as `transformers` loads it. `adapter`: what LoRA learnt alone, as `peft` does. */
export type KeptForm = 'model' | 'adapter';

/** Written last: a folder without it is a part. */
const WHOLE = 'whole';

async function writeFile(store: FileStore, folder: string, name: string, parts: PackedFile['parts'], where: string) {
  const writer = await store.append(folder, name, 0, where);
  let bytes = 0;
  try {
    for (const part of parts) {
      writer.write(part);
      bytes += part.length;
    }
  } finally {
    writer.close();
  }
  return bytes;
}

/** Keeps the files; the bytes that they take. Throws `Problem` when the disk is full, and then nothing is left of them. */
export async function keepModel(store: FileStore, form: KeptForm, files: readonly PackedFile[], where: string): Promise<number> {
  await forgetModel(store, form);
  try {
    let bytes = 0;
    for (const { path, parts } of files) bytes += await writeFile(store, form, path, parts, where);
    await writeFile(store, form, WHOLE, [], where);
    return bytes;
  } catch (error) {
    await forgetModel(store, form);
    throw error;
  }
}

export async function forgetModel(store: FileStore, form: KeptForm): Promise<void> {
  if ((await store.folders()).includes(form)) await store.removeFolder(form);
}

/** The files of a kept model. Throws `Problem` when it is not there, or only a part of it is. */
export async function keptFiles(store: FileStore, form: KeptForm, where: string): Promise<readonly File[]> {
  const names = [...(await store.files(form)).keys()];
  if (!names.includes(WHOLE)) {
    throw new Problem({
      where,
      expected: form === 'model' ? 'the model that this run ended with' : 'the LoRA adapter that this run ended with',
      found: names.length === 0 ? 'none on this machine' : 'a part of it',
      fix: 'Train it again: its settings are kept.',
    });
  }
  return Promise.all(names.filter((name) => name !== WHOLE).map((name) => store.read(form, name)));
}

/** Opens the model of a run as the base of another. */
export async function openKept(store: FileStore, name: string): Promise<ModelFolder> {
  const files = await keptFiles(store, 'model', name);
  return openFolder(
    name,
    files.map((file) => diskFile(file, file.name)),
  );
}
