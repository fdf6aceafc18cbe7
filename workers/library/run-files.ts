/** What runs left on the browser's disk: a folder each, with the model in it and what the run can go on from. */
import { writeZip } from '../../src/formats/zip.ts';
import { keptFiles, type KeptForm } from '../../src/hub/run-models.ts';
import type { FileStore } from '../../src/lib/file-store.ts';
import { opfsFiles } from '../../src/storage/opfs-files.ts';
import { RUNS_FOLDER } from '../../src/storage/saved-runs.ts';

const runs = opfsFiles(RUNS_FOLDER);

export const folderOf = (id: string): FileStore => opfsFiles(`${RUNS_FOLDER}/${id}`);

const sum = (sizes: ReadonlyMap<string, number>): number => [...sizes.values()].reduce((total, size) => total + size, 0);

/** Files in a run's folder, and in the folders of that. */
async function bytesOf(id: string): Promise<number> {
  const folder = folderOf(id);
  let bytes = sum(await runs.files(id));
  for (const name of await folder.folders()) bytes += sum(await folder.files(name));
  return bytes;
}

export async function runSizes(): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for (const id of await runs.folders()) sizes.set(id, await bytesOf(id));
  return sizes;
}

export async function packRun(id: string, form: KeptForm, name: string): Promise<Blob> {
  const files = await keptFiles(folderOf(id), form, name);
  return writeZip(
    files.map((file) => ({ path: file.name, parts: [file], compress: !file.name.endsWith('.safetensors') })),
    new Date(),
  );
}

export async function removeRunFiles(id: string): Promise<void> {
  if ((await runs.folders()).includes(id)) await runs.removeFolder(id);
}
