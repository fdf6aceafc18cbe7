/** The files of a drop, those inside dropped folders too. */

/** More files than this are no model folder; the walk ends there. */
const MOST_FILES = 2000;

/** All files of `transfer`. Its entries are taken at once: a DataTransfer is empty after its event. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].map((item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null));
  const plain = [...transfer.files];
  if (!entries.some((entry) => entry?.isDirectory)) return plain;
  const found: File[] = [];
  const waiting = entries.filter((entry) => entry !== null);
  while (waiting.length > 0 && found.length < MOST_FILES) {
    const entry = waiting.pop();
    if (isFile(entry)) found.push(await fileOf(entry));
    else if (isDirectory(entry)) waiting.push(...(await children(entry)));
  }
  return found;
}

const isFile = (entry: FileSystemEntry | undefined): entry is FileSystemFileEntry => entry?.isFile === true;
const isDirectory = (entry: FileSystemEntry | undefined): entry is FileSystemDirectoryEntry => entry?.isDirectory === true;

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A directory reader gives its entries in portions; an empty one is the end. */
async function children(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (portion.length === 0) return all;
    all.push(...portion);
  }
}
