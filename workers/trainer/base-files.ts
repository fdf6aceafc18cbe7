/** The model that a run began with as files in the run's folder, and a folder opened from them again. */
import { diskFile } from '../../src/hub/folder-files.ts';
import { openFolder, type ModelFolder } from '../../src/hub/model-folder.ts';
import type { FileStore } from '../../src/lib/file-store.ts';
import { Problem } from '../../src/lib/problem.ts';
import type { OpenedModel } from './live-model.ts';
import { BASE, type BaseFile } from './run-keeper.ts';
import { writeTensors, writeWhole } from './tensor-files.ts';

/** Config and tokenizer always; the weights where nobody else on this machine has them, as F32. */
export function baseFiles({ folder, tokenizer, from }: OpenedModel): readonly BaseFile[] {
  const text = (name: string, content: string): BaseFile => ({
    name,
    write: (store, id, file) => writeWhole(store, id, file, [new TextEncoder().encode(content)]),
  });
  const { weights } = folder;
  const tensors = weights.names.map((name) => ({
    name,
    shape: weights.shape(name),
    read: () => Promise.resolve(weights.tensor(name).data),
  }));
  const isNowhereElse = from.kind === 'files' || from.kind === 'run' || from.kind === 'trained';
  return [
    text('config.json', JSON.stringify(folder.config)),
    text('tokenizer.json', tokenizer.tokenizerJson),
    ...(tokenizer.tokenizerConfigJson === null ? [] : [text('tokenizer_config.json', tokenizer.tokenizerConfigJson)]),
    ...folder.otherFiles.map(({ name, bytes }) => ({
      name,
      write: (store: FileStore, id: string, file: string) => writeWhole(store, id, file, [bytes]),
    })),
    ...(isNowhereElse
      ? [
          {
            name: 'model.safetensors',
            write: (store: FileStore, id: string, file: string) => writeTensors(store, id, file, tensors),
          },
        ]
      : []),
  ];
}

/** The model as the run kept it. Throws `Problem` where it did not come so far. */
export async function openBase(store: FileStore, id: string, name: string): Promise<ModelFolder> {
  const names = [...(await store.files(id)).keys()].filter((each) => each.startsWith(BASE));
  if (!names.includes(`${BASE}model.safetensors`)) {
    throw new Problem({
      where: name,
      expected: 'the copy of the model that the run keeps',
      found: 'that it was not written before the run ended',
      fix: `Open the files of ${name} again, and train anew.`,
    });
  }
  const files = await Promise.all(names.map(async (each) => diskFile(await store.read(id, each), each.slice(BASE.length))));
  return openFolder(name, files);
}
