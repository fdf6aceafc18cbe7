/** Tensors of a run in safetensors files on the disk: written one after the other, so that none but one lies in memory; read likewise. */
import { openBlob } from '../../src/formats/byte-source.ts';
import { openSafetensors, safetensorsHead } from '../../src/formats/safetensors.ts';
import type { StateTensor } from '../../src/engine/train/run-state.ts';
import { PARTIAL, type FileStore } from '../../src/lib/file-store.ts';
import type { SavedFile } from '../../src/storage/saved-runs.ts';

/** Writes a file under another name, and gives it its own once all of it is there. Throws `Problem` where the disk is full. */
export async function writeWhole(
  store: FileStore,
  folder: string,
  name: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<SavedFile> {
  const writer = await store.append(folder, name + PARTIAL, 0, name);
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      writer.write(piece);
      bytes += piece.length;
    }
  } finally {
    writer.close();
  }
  await store.rename(folder, name + PARTIAL, name);
  return { name, bytes };
}

export function writeTensors(
  store: FileStore,
  folder: string,
  name: string,
  tensors: readonly StateTensor[],
): Promise<SavedFile> {
  async function* pieces(): AsyncIterable<Uint8Array> {
    yield safetensorsHead(tensors);
    for (const each of tensors) {
      const values = await each.read();
      yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    }
  }
  return writeWhole(store, folder, name, pieces());
}

/** Each is read from the disk when it is asked for. */
export async function readTensors(store: FileStore, folder: string, { name }: SavedFile): Promise<readonly StateTensor[]> {
  const file = openSafetensors(await openBlob(await store.read(folder, name), name), name);
  return file.names.map((tensor) => ({
    name: tensor,
    shape: file.shape(tensor),
    read: () => Promise.resolve(file.tensor(tensor).data),
  }));
}
