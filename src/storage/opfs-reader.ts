/** Reading the browser's own disk (OPFS), in workers and on the page: the half of a `FileStore` that changes nothing. */
import type { FileReader } from '../lib/file-store.ts';
import { Problem } from '../lib/problem.ts';

export interface OpfsReader extends FileReader {
  /** The folder of the store itself. Throws `Problem` where the browser has no disk. */
  readonly root: () => Promise<FileSystemDirectoryHandle>;
}

export function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}

/** The store in the folder `path` of this origin's disk. */
export function opfsReader(path: string): OpfsReader {
  const root = async (): Promise<FileSystemDirectoryHandle> => {
    try {
      let folder = await navigator.storage.getDirectory();
      for (const name of path.split('/')) folder = await folder.getDirectoryHandle(name, { create: true });
      return folder;
    } catch (error) {
      throw new Problem({
        where: "The browser's disk",
        expected: 'room of its own for this page',
        found: error instanceof Error ? error.message : 'none',
        fix: 'A private window or a page over plain http has none: open the page in an ordinary window, at localhost or over https.',
      });
    }
  };
  const find = async (folder: string): Promise<FileSystemDirectoryHandle | null> => {
    try {
      return await (await root()).getDirectoryHandle(folder);
    } catch (error) {
      if (isNamed(error, 'NotFoundError')) return null;
      throw error;
    }
  };
  return {
    root,

    async folders() {
      const names = [];
      for await (const [entry, handle] of await root()) if (handle.kind === 'directory') names.push(entry);
      return names;
    },

    async files(folder) {
      const sizes = new Map<string, number>();
      const directory = await find(folder);
      if (!directory) return sizes;
      for await (const [entry, handle] of directory) {
        if (handle instanceof FileSystemFileHandle) sizes.set(entry, (await handle.getFile()).size);
      }
      return sizes;
    },

    async read(folder, file) {
      return (await (await (await root()).getDirectoryHandle(folder)).getFileHandle(file)).getFile();
    },
  };
}
