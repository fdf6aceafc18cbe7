/** Folders of files that outlive the page, one level deep, for reading. Names are plain, without slashes. */
export interface FileReader {
  folders(): Promise<readonly string[]>;
  /** The names of a folder's files with their bytes; none when there is no such folder. */
  files(folder: string): Promise<ReadonlyMap<string, number>>;
  /** A file as it lies there, not yet read. Throws when there is none. */
  read(folder: string, name: string): Promise<File>;
}

/** The same for writing. In a browser it is OPFS (src/storage/opfs-files.ts); whoever uses it knows only this. */
export interface FileStore extends FileReader {
  /**
   * Opens a file for writing at byte `at`; what was behind is cut off. Makes what is missing. `where` is what problems call it. Throws
   * `Problem` when another tab writes it.
   */
  append(folder: string, name: string, at: number, where: string): Promise<FileWriter>;
  /** Replaces a file of the new name, at once. */
  rename(folder: string, from: string, to: string): Promise<void>;
  removeFile(folder: string, name: string): Promise<void>;
  /** Removes a folder with everything in it. */
  removeFolder(folder: string): Promise<void>;
  /** Bytes that may still be written, as far as is known; null where nobody knows. A disk may be full before. */
  free(): Promise<number | null>;
}

export interface FileWriter {
  /** Throws `Problem` when the disk is full; what was written before stays. */
  write(bytes: Uint8Array): void;
  /** Throws `Problem` when the file is not as long as what was written. */
  close(): void;
}

/** What a file is called until it is whole. */
export const PARTIAL = '.part';

/** Puts a small text in place of the file of that name, at once: who reads it sees the old one or the new one. */
export async function replaceText(store: FileStore, folder: string, name: string, text: string, where: string): Promise<void> {
  const writer = await store.append(folder, name + PARTIAL, 0, where);
  try {
    writer.write(new TextEncoder().encode(text));
  } finally {
    writer.close();
  }
  await store.rename(folder, name + PARTIAL, name);
}
