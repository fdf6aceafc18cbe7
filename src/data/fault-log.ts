/** Collects the rows that a reader leaves out or remarks on, in bounded memory. */
import type { RejectedRow, Rejects, RowFault, RowReport } from './table.ts';

const NAMED_ROWS = 5;
/** Rejected rows that are kept whole, to be offered as a file. */
const MOST_KEPT = 50_000;
const MOST_CHARACTERS = 2 ** 24;
const LONGEST_CELL = 2 ** 16;

interface GrowingReport extends RowReport {
  readonly first: number[];
  count: number;
}

export interface FaultLog {
  /** Notes a fault of a row; the row is taken all the same. */
  remark(row: number, fault: RowFault): void;
  /** Notes a row that is left out. */
  reject(row: number, fault: RowFault, cells: readonly string[]): void;
  readonly faults: Readonly<Record<RowFault, RowReport>>;
  readonly rejects: Rejects;
}

export function createFaultLog(): FaultLog {
  const report = (): GrowingReport => ({ first: [], count: 0 });
  const faults: Record<RowFault, GrowingReport> = {
    'too-few-fields': report(),
    'too-many-fields': report(),
    'unclosed-quote': report(),
    'broken-json': report(),
    'not-a-row': report(),
  };
  const kept: RejectedRow[] = [];
  const rejects = { count: 0, kept };
  let characters = 0;

  const remark = (row: number, fault: RowFault): void => {
    const found = faults[fault];
    if (found.count++ < NAMED_ROWS) found.first.push(row);
  };
  return {
    faults,
    rejects,
    remark,
    reject(row, fault, cells) {
      remark(row, fault);
      rejects.count++;
      if (kept.length >= MOST_KEPT || characters > MOST_CHARACTERS) return;
      const cut = cells.map((cell) => (cell.length > LONGEST_CELL ? `${cell.slice(0, LONGEST_CELL)}…` : cell));
      characters += cut.reduce((sum, cell) => sum + cell.length, 0);
      kept.push({ row, fault, cells: cut });
    },
  };
}
