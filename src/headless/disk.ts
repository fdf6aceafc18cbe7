/** Files of this machine as the browser would hand them over. Node only. */
import { closeSync, openAsBlob, openSync, readSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FolderFile } from '../hub/folder-files.ts';
import { openFolder, openModelFolder, type ModelFolder } from '../hub/model-folder.ts';
import { Problem } from '../lib/problem.ts';

function cannot(where: string, expected: string, error: unknown): Problem {
  const found = error instanceof Error ? error.message : String(error);
  return new Problem({ where, expected, found, fix: 'Check the path and its permissions.' });
}

/** The file, its bytes still on the disk. Throws a `Problem` where there is none. */
export async function openFile(path: string): Promise<File> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) throw new Error('a folder');
    return new File([await openAsBlob(path)], basename(path));
  } catch (error) {
    throw cannot(path, 'a file that can be read', error);
  }
}

/** A file of a folder; its weights are read tensor by tensor, as the page reads them. */
function folderFile(name: string, path: string, size: number): FolderFile {
  const readRange = (begin: number, end: number): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(end - begin);
    const file = openSync(path, 'r');
    try {
      if (readSync(file, bytes, 0, bytes.length, begin) === bytes.length) return bytes;
      throw cannot(path, `${size} bytes`, new Error('fewer: it was changed meanwhile'));
    } finally {
      closeSync(file);
    }
  };
  return {
    path: name,
    size,
    read: async () => new Uint8Array(await readFile(path)),
    open: async () => ({ size, read: readRange }),
  };
}

/** The files of the folder, without those of folders in it. */
export async function openFolderFiles(path: string): Promise<FolderFile[]> {
  const entries = (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isFile() || entry.isSymbolicLink());
  return Promise.all(
    entries.map(async ({ name }) => {
      const { size } = await stat(join(path, name));
      return folderFile(name, join(path, name), size);
    }),
  );
}

/** A Hugging Face folder called `name`, or a zip of one. Throws a `Problem` as the page would. */
export async function openModel(path: string, name = basename(path)): Promise<ModelFolder> {
  const info = await stat(path).catch((error: unknown) => {
    throw cannot(path, 'the folder or zip of a model', error);
  });
  if (!info.isDirectory()) return openModelFolder([await openFile(path)]);
  return openFolder(name, await openFolderFiles(path));
}

/** Makes the folder, so that what cannot be written is known before hours of work. Throws a `Problem`. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw cannot(path, 'a folder that can be written', error);
  }
}

/** Writes `content` into the folder, over a file of that name. Throws a `Problem`. */
export async function writeInto(folder: string, path: string, content: string | Uint8Array): Promise<void> {
  const target = join(folder, path);
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  } catch (error) {
    throw cannot(target, 'a place to write to', error);
  }
}
