/** Rows and label counts of real files, as Python's csv and pandas count them (reference/data_counts.py). */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openBytes } from './testing/open-bytes.ts';

interface Counts {
  readonly rows: Readonly<Record<string, number>>;
  readonly column: number;
  readonly labels: Readonly<Record<string, number>> | null;
}

const counts = JSON.parse(readFileSync(new URL('fixtures/data-counts.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Counts>
>;
const shared = new URL('../../../shared/data/', import.meta.url);

describe.skipIf(!existsSync(shared))('the files of ../shared/data, where it is there', () => {
  it.each(Object.entries(counts))('%s', async (path, { rows, column, labels }) => {
    const { summary, table } = await openBytes(readFileSync(new URL(path, shared)), path);
    for (const [reader, count] of Object.entries(rows)) expect({ reader, rows: summary.rows }).toEqual({ reader, rows: count });
    expect(summary.rejectedRows).toBe(0);
    if (!labels) return;
    const found: Record<string, number> = {};
    for (const cell of table.columns[column] ?? []) found[cell] = (found[cell] ?? 0) + 1;
    expect(found).toEqual(labels);
  });
});
