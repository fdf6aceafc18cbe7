/**
 * A seeded sample of a stream of rows in which each class has its share. Every row draws a priority; of each class the lowest are kept.
 * How many a class may keep is only known at the end, so up to twice the sample is held on the way: shares only shrink as rows come,
 * and a row that was dropped could not have come back (bottom-k sampling).
 */
import { createRandom } from '../lib/random.ts';
import type { RowStore } from './row-store.ts';

/** A class keeps so many rows where its share would be fewer. */
const FEWEST = 20;
/** Rows held on the way, in samples; and the slack over its share that a class has until the end. */
const HELD = 3;
const SLACK = 1.5;

interface HeldRow {
  readonly cells: readonly string[];
  readonly row: number;
  readonly priority: number;
}

interface Stratum {
  seen: number;
  held: HeldRow[];
}

/** A copy of its own: a cell of a parsed file is a window into the text around it, and keeps all of that in memory. */
function ownCopy(cell: string): string {
  return cell.length < 13 ? cell : ` ${cell}`.slice(1);
}

/** Rows that each stratum gives to a sample of `size`: its share, at least `FEWEST` where it has them. The sum may be a little more. */
export function strataSizes(seen: readonly number[], size: number): number[] {
  const total = seen.reduce((sum, count) => sum + count, 0);
  if (total <= size) return [...seen];
  return seen.map((count) => Math.min(count, Math.max(FEWEST, Math.round((size * count) / total))));
}

/** `label`: the column whose values are the classes, null for a plain sample. The rows stay in the order they came in. */
export function createSampleStore(size: number, label: number | null, seed: number): RowStore {
  const random = createRandom(seed);
  const strata = new Map<string, Stratum>();
  let width = 0;
  let held = 0;
  let rowsSeen = 0;

  const shrink = (slack: number): void => {
    const all = [...strata.values()];
    const sizes = strataSizes(
      all.map(({ seen }) => seen),
      size,
    );
    held = 0;
    all.forEach((stratum, s) => {
      const most = Math.ceil(sizes[s]! * slack);
      if (stratum.held.length > most) {
        stratum.held.sort((a, b) => a.priority - b.priority);
        stratum.held.length = most;
      }
      held += stratum.held.length;
    });
  };

  return {
    addColumn() {
      width++;
    },
    add(cells, row) {
      rowsSeen++;
      const priority = random.uniform();
      const name = label === null ? '' : ownCopy(cells[label] ?? '');
      let stratum = strata.get(name);
      if (!stratum) strata.set(name, (stratum = { seen: 0, held: [] }));
      stratum.seen++;
      stratum.held.push({ cells: cells.map(ownCopy), row, priority });
      if (++held > size * HELD + strata.size * FEWEST * HELD) shrink(SLACK);
    },
    finish() {
      shrink(1);
      const rows = [...strata.values()].flatMap((stratum) => stratum.held).sort((a, b) => a.row - b.row);
      const columns = Array.from({ length: width }, (_, c) => rows.map(({ cells }) => cells[c] ?? ''));
      return { columns, rowNumbers: Uint32Array.from(rows, ({ row }) => row), rows: rows.length, rowsSeen };
    },
  };
}
