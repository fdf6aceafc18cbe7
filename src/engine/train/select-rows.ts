/** Some of the rows, in another order if wanted, as rows of their own. */
import type { Targets } from '../../lib/targets.ts';
import type { LabelledRows } from './arguments.ts';

export function selectRows({ ids, offsets, typeOneFrom, targets }: LabelledRows, indices: ArrayLike<number>): LabelledRows {
  const rows = Array.from(indices);
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => (starts[i + 1] = starts[i]! + offsets[row + 1]! - offsets[row]!));
  const chosen = new Int32Array(starts[rows.length]!);
  rows.forEach((row, i) => chosen.set(ids.subarray(offsets[row], offsets[row + 1]), starts[i]));
  return {
    ids: chosen,
    offsets: starts,
    ...(typeOneFrom && { typeOneFrom: Uint32Array.from(rows, (row) => typeOneFrom[row]!) }),
    targets: selectTargets(targets, rows, offsets.length - 1),
  };
}

function selectTargets({ kind, labels }: Targets, rows: readonly number[], rowCount: number): Targets {
  if (kind === 'single') return { kind, labels: Int32Array.from(rows, (row) => labels[row]!) };
  const C = labels.length / rowCount;
  return {
    kind,
    labels: Uint8Array.from({ length: rows.length * C }, (_, i) => labels[rows[Math.floor(i / C)]! * C + (i % C)]!),
  };
}
