/** Rows whose label column names several classes, or none: "billing; refund". Which separator is the person's choice, never guessed. */
import { plural } from '../lib/counts.ts';
import { Problem } from '../lib/problem.ts';
import { isBlank, MOST_CLASSES, nearlyUnique } from './columns.ts';
import { checkChoice, NAMED_ROWS, sortLabels, type Selection } from './select.ts';
import type { Table } from './table.ts';
import type { ColumnChoice, LabelSeparator } from './types.ts';

/** The labels of a cell, each once, without the spaces around them; none of an empty cell. */
export function splitLabels(cell: string, separator: LabelSeparator): readonly string[] {
  const labels = cell.split(separator).map((label) => label.trim());
  return [...new Set(labels.filter((label) => label !== ''))];
}

function checkLabels(table: Table, column: number, separator: LabelSeparator, counts: ReadonlyMap<string, number>): void {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const where = `Column "${table.names[column]}", several labels separated by "${separator}"`;
  const fix = 'Choose another separator under Labels, or "one per text", or another label column.';
  const found = `${plural(counts.size, 'different label')} in ${plural(table.rows, 'row')}`;
  if (counts.size < 2) throw new Problem({ where, expected: 'at least two different labels', found, fix });
  if (counts.size > MOST_CLASSES) throw new Problem({ where, expected: `at most ${MOST_CLASSES} classes`, found, fix });
  if (!nearlyUnique(counts.size, total)) return;
  throw new Problem({ where, expected: 'labels that come again: a few classes with many rows each', found, fix });
}

/** Every row with a text is usable: one without a label has no class. Throws `Problem`. */
export function selectSeveral(table: Table, choice: ColumnChoice, separator: LabelSeparator): Selection {
  checkChoice(table, choice);
  const texts = table.columns[choice.text] ?? [];
  const cells = table.columns[choice.label] ?? [];
  const reports = { emptyText: { first: [] as number[], count: 0 }, emptyLabel: { first: [] as number[], count: 0 } };
  const counts = new Map<string, number>();
  const usable: number[] = [];
  const labelsOfRows: (readonly string[])[] = [];
  for (let r = 0; r < table.rows; r++) {
    const hasText = !isBlank(texts[r] ?? '');
    const labels = splitLabels(cells[r] ?? '', separator);
    const report = !hasText ? reports.emptyText : labels.length === 0 ? reports.emptyLabel : null;
    if (report && report.count++ < NAMED_ROWS) report.first.push(table.rowNumbers[r] ?? 0);
    if (!hasText) continue;
    usable.push(r);
    labelsOfRows.push(labels);
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  checkLabels(table, choice.label, separator, counts);
  const classes = sortLabels([...counts.keys()]);
  const C = classes.length;
  const index = new Map(classes.map((label, c) => [label, c]));
  const flags = new Uint8Array(usable.length * C);
  const rarest = new Int32Array(usable.length).fill(C);
  labelsOfRows.forEach((labels, i) => {
    let fewest = Infinity;
    for (const label of labels) {
      const [c, count] = [index.get(label) ?? 0, counts.get(label) ?? 0];
      flags[i * C + c] = 1;
      if (count >= fewest) continue;
      fewest = count;
      rarest[i] = c;
    }
  });
  return { classes, rows: Uint32Array.from(usable), labels: rarest, targets: { kind: 'multi', labels: flags }, ...reports };
}
