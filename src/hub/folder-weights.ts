/**
 * The weights of a model folder in whichever form they are there: model.safetensors or pytorch_model.bin, as one file or in shards with an
 * index. Safetensors are taken where there are both, as `transformers` does. Only headers are read here.
 */
import { openSafetensors } from '../formats/safetensors.ts';
import { joinShards, readShardIndex } from '../formats/shards.ts';
import type { TensorFile } from '../formats/tensor-file.ts';
import { openTorchFile } from '../formats/torch-file.ts';
import { Problem } from '../lib/problem.ts';
import type { FolderFile } from './folder-files.ts';
import { missingWeights } from './folder-problems.ts';
import { readJson, tooLarge } from './folder-text.ts';

export interface FolderWeights {
  readonly file: TensorFile;
  /** Of all its files. */
  readonly bytes: number;
}

/** The folder that weights are looked for in. */
export interface WeightsFolder {
  /** What problems call a file of it. */
  readonly placeOf: (name: string) => string;
  /** Throws `Problem` when there are two. */
  readonly find: (name: string) => FolderFile | undefined;
  /** The names of all its files. */
  readonly names: readonly string[];
}

export const WEIGHTS = 'model.safetensors';
/** The files that may be a model's weights, best first. */
export const WEIGHT_FILES = [WEIGHTS, `${WEIGHTS}.index.json`, 'pytorch_model.bin', 'pytorch_model.bin.index.json'];

/** Far above what a browser can train; a file beyond is not what its name says. */
const MAX_WEIGHTS_BYTES = 8 * 2 ** 30;
const MAX_INDEX_BYTES = 16 * 2 ** 20;

async function openFile(file: FolderFile, name: string, where: string): Promise<TensorFile> {
  if (file.size > MAX_WEIGHTS_BYTES) throw tooLarge(where, file.size, MAX_WEIGHTS_BYTES);
  const source = await file.open();
  return name.endsWith('.safetensors') ? openSafetensors(source, where) : openTorchFile(source, where);
}

async function openShards(indexFile: FolderFile, indexName: string, folder: WeightsFolder): Promise<FolderWeights> {
  const where = folder.placeOf(indexName);
  const { value } = await readJson(indexFile, where, MAX_INDEX_BYTES);
  const index = readShardIndex(value, where);
  const files = [...new Set(index.values())].map((name) => ({ name, file: folder.find(name) }));
  const missing = files.filter(({ file }) => !file).map(({ name }) => name);
  if (missing.length > 0) {
    throw new Problem({
      where,
      expected: `its ${files.length} files of weights`,
      found: `no ${missing.slice(0, 4).join(', ')}${missing.length > 4 ? ` and ${missing.length - 4} more` : ''}`,
      fix: 'Choose all files of the model together, its whole folder, or a zip of it.',
    });
  }
  const shards = new Map<string, TensorFile>();
  let bytes = 0;
  for (const { name, file } of files) {
    if (!file) continue;
    bytes += file.size;
    if (bytes > MAX_WEIGHTS_BYTES) throw tooLarge(where, bytes, MAX_WEIGHTS_BYTES);
    shards.set(name, await openFile(file, name, folder.placeOf(name)));
  }
  return { file: joinShards(index, shards, where), bytes };
}

/** Throws `Problem` when there are none, or they are damaged, incomplete or hold more than tensors. */
export async function openWeights(folder: WeightsFolder): Promise<FolderWeights> {
  for (const name of WEIGHT_FILES) {
    const found = folder.find(name);
    if (!found) continue;
    if (name.endsWith('.index.json')) return openShards(found, name, folder);
    return { file: await openFile(found, name, folder.placeOf(name)), bytes: found.size };
  }
  throw missingWeights(folder.placeOf(WEIGHTS), folder.names);
}
