/** A stratified sample in two passes: a small plain sample of the whole tells which column the labels are in, the second is drawn by it. */
import type { OnBytes } from './byte-source.ts';
import { describeColumns, guessLabel } from './columns.ts';
import type { RowStore } from './row-store.ts';
import { createSampleStore } from './stratified-sample.ts';
import type { ReadTable } from './table.ts';

/** Rows that tell the label column. */
const LOOK = 5000;
const SEED = 42;

/** `read` makes one pass; `size`: the bytes of one. */
export async function readSampled<Result extends ReadTable>(
  read: (createStore: () => RowStore, onBytes: OnBytes) => Promise<Result>,
  rows: number,
  size: number,
  onBytes: OnBytes,
): Promise<Result> {
  const { table } = await read(
    () => createSampleStore(LOOK, null, SEED),
    (done) => onBytes(done / 2),
  );
  const label = guessLabel(describeColumns(table), table.rows, []);
  return read(
    () => createSampleStore(rows, label?.index ?? null, SEED),
    (done) => onBytes((size + done) / 2),
  );
}
