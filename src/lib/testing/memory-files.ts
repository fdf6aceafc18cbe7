import type { FileStore } from '../file-store.ts';
import { Problem } from '../problem.ts';

/** A disk in memory, with room for so many bytes. */
export function memoryFiles(room = Infinity): FileStore {
  const disk = new Map<string, Map<string, Uint8Array<ArrayBuffer>>>();
  const used = (): number =>
    [...disk.values()].flatMap((files) => [...files.values()]).reduce((sum, { length }) => sum + length, 0);
  const folderOf = (folder: string) => disk.get(folder) ?? new Map<string, Uint8Array<ArrayBuffer>>();
  const bytesOf = (folder: string, name: string) => {
    const bytes = folderOf(folder).get(name);
    if (!bytes) throw new Error(`there is no ${name} in ${folder}`);
    return bytes;
  };
  return {
    folders: async () => [...disk.keys()],
    files: async (folder) => new Map([...folderOf(folder)].map(([name, bytes]) => [name, bytes.length])),
    read: async (folder, name) => new File([bytesOf(folder, name)], name),
    append: async (folder, name, at, where) => {
      const files = folderOf(folder);
      disk.set(folder, files);
      files.set(name, (files.get(name) ?? new Uint8Array()).slice(0, at));
      return {
        write(bytes) {
          if (used() + bytes.length > room)
            throw new Problem({ where, expected: 'room', found: 'the disk full', fix: 'Remove one.' });
          const grown = new Uint8Array((files.get(name)?.length ?? 0) + bytes.length);
          grown.set(files.get(name) ?? []);
          grown.set(bytes, grown.length - bytes.length);
          files.set(name, grown);
        },
        close: () => undefined,
      };
    },
    rename: async (folder, from, to) => {
      const files = folderOf(folder);
      files.set(to, bytesOf(folder, from));
      files.delete(from);
    },
    removeFile: async (folder, name) => void folderOf(folder).delete(name),
    removeFolder: async (folder) => void disk.delete(folder),
    free: async () => (room === Infinity ? null : room - used()),
  };
}
