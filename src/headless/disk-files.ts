/**
 * A folder of this machine as a `FileStore`, as OPFS is one in the browser (src/storage/opfs-files.ts). Two runs that download the same
 * model at once disturb each other: the hash of the file tells, and the next try begins again.
 */
import { closeSync, ftruncateSync, openAsBlob, openSync, writeSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileStore, FileWriter } from '../lib/file-store.ts';
import { Problem } from '../lib/problem.ts';

function openWriter(path: string, at: number, where: string): FileWriter {
  // Not "a": on Linux that writes at the end whatever position is asked for.
  const file = openSync(path, 'r+');
  ftruncateSync(file, at);
  let size = at;
  return {
    write(bytes) {
      try {
        for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, size + done);
      } catch (error) {
        ftruncateSync(file, size);
        throw cannotWrite(where, error);
      }
      size += bytes.length;
    },
    close: () => closeSync(file),
  };
}

function cannotWrite(where: string, error: unknown): Problem {
  return new Problem({
    where,
    expected: 'room to write it',
    found: error instanceof Error ? error.message : String(error),
    fix: 'Free room on the disk, or name another folder with --cache; what came so far is kept.',
  });
}

/** The store in the folder `root`, which is made when something is written. */
export function diskFiles(root: string): FileStore {
  const list = async (path: string) => {
    try {
      return await readdir(path, { withFileTypes: true });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  };
  return {
    async folders() {
      return (await list(root)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
    },

    async files(folder) {
      const names = (await list(join(root, folder))).filter((entry) => entry.isFile()).map(({ name }) => name);
      const sizes = await Promise.all(names.map(async (name) => (await stat(join(root, folder, name))).size));
      return new Map(names.map((name, i) => [name, sizes[i] ?? 0]));
    },

    async read(folder, name) {
      return new File([await openAsBlob(join(root, folder, name))], name);
    },

    async append(folder, name, at, where) {
      const path = join(root, folder, name);
      try {
        await mkdir(join(root, folder), { recursive: true });
        closeSync(openSync(path, 'a'));
        return openWriter(path, at, where);
      } catch (error) {
        throw cannotWrite(where, error);
      }
    },

    rename: (folder, from, to) => rename(join(root, folder, from), join(root, folder, to)),

    removeFile: (folder, name) => rm(join(root, folder, name)),

    removeFolder: (folder) => rm(join(root, folder), { recursive: true }),

    async free() {
      const { bavail, bsize } = await statfs(root).catch(() => ({ bavail: null, bsize: 0 }));
      return bavail === null ? null : bavail * bsize;
    },
  };
}
