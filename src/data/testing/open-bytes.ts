/** Opens content as a dataset, for tests. */
import { openDataset, type Dataset } from '../dataset.ts';
import type { ReadingChoice } from '../types.ts';

export type Content = string | Uint8Array<ArrayBuffer> | Blob;

const quiet = (): void => undefined;

export function openBytes(content: Content, name = 'data.csv', choice: ReadingChoice = {}): Promise<Dataset> {
  return openMany([[name, content]], choice);
}

export function openMany(
  files: readonly (readonly [name: string, content: Content])[],
  choice: ReadingChoice = {},
): Promise<Dataset> {
  const named = files.map(([name, content]) => ({ name, file: content instanceof Blob ? content : new Blob([content]) }));
  const name = named.length === 1 ? (named[0]?.name ?? '') : `${named.length} files`;
  return openDataset(name, named, choice, quiet, new AbortController().signal);
}

/** The rows as lists of cells. */
export function rowsOf({ table }: Dataset): string[][] {
  return Array.from({ length: table.rows }, (_, r) => table.columns.map((cells) => cells[r] ?? ''));
}
