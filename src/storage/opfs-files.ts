/**
 * The browser's own disk (OPFS, https://fs.spec.whatwg.org) as a `FileStore`, for workers: sync access handles write in place. Past the
 * quota Chromium's `write()` does not throw but returns a wrong count, so every count and the final size are checked; `estimate()` says
 * little there, it gives a quota that is always far above the usage.
 */
import type { FileStore, FileWriter } from '../lib/file-store.ts';
import { Problem } from '../lib/problem.ts';
import { isNamed, opfsReader } from './opfs-reader.ts';

/** The folder of downloaded models: the library writes it, the trainer reads it. */
export const MODELS_FOLDER = 'models';

/** Part of the standard, not yet of TypeScript's library. */
interface Movable {
  move(name: string): Promise<void>;
}

function isMovable(handle: object): handle is Movable {
  return 'move' in handle && typeof handle.move === 'function';
}

function openWriter(handle: FileSystemSyncAccessHandle, where: string, at: number): FileWriter {
  let size = at;
  handle.truncate(at);
  const full = (): Problem =>
    new Problem({
      where,
      expected: 'room on the disk for the whole file',
      found: `that the disk is full after ${size.toLocaleString('en-US')} bytes of it`,
      fix: 'Remove a model that you no longer need, or free room on the disk, and try again: what came so far is kept.',
    });
  return {
    write(bytes) {
      let written: number;
      try {
        written = handle.write(bytes, { at: size });
      } catch {
        throw full();
      }
      if (written !== bytes.length || handle.getSize() !== size + bytes.length) {
        handle.truncate(size);
        throw full();
      }
      size += bytes.length;
    },
    close() {
      try {
        handle.flush();
        if (handle.getSize() !== size) throw full();
      } finally {
        handle.close();
      }
    },
  };
}

/** The store in the folder `path` of this origin's disk ("runs/7"). Throws `Problem` where the browser has none. */
export function opfsFiles(path: string): FileStore {
  const { root, ...reading } = opfsReader(path);
  const existing = async (folder: string): Promise<FileSystemDirectoryHandle> => (await root()).getDirectoryHandle(folder);

  return {
    ...reading,

    async append(folder, file, at, where) {
      const directory = await (await root()).getDirectoryHandle(folder, { create: true });
      const handle = await directory.getFileHandle(file, { create: true });
      try {
        return openWriter(await handle.createSyncAccessHandle(), where, at);
      } catch (error) {
        if (!isNamed(error, 'NoModificationAllowedError')) throw error;
        throw new Problem({
          where,
          expected: 'to be the only one that writes it',
          found: 'another tab that downloads the same model',
          fix: 'Let the other tab finish, or close it, and try again.',
        });
      }
    },

    async rename(folder, from, to) {
      const handle: object = await (await existing(folder)).getFileHandle(from);
      if (!isMovable(handle)) throw new Error('this browser cannot rename a file on its own disk');
      await handle.move(to);
    },

    async removeFile(folder, file) {
      await (await existing(folder)).removeEntry(file);
    },

    async removeFolder(folder) {
      await (await root()).removeEntry(folder, { recursive: true });
    },

    async free() {
      const { quota, usage } = await navigator.storage.estimate();
      return quota === undefined || usage === undefined ? null : Math.max(0, quota - usage);
    },
  };
}
