import { describe, expect, it } from 'vitest';
import { createSampleStore, strataSizes } from './stratified-sample.ts';
import { openBytes } from './testing/open-bytes.ts';

/** 30,000 rows sorted by label: a 20,000, b 9,970, c 30. */
const labelOf = (i: number): string => (i < 20_000 ? 'a' : i < 29_970 ? 'b' : 'c');

function sample(size: number, seed: number): { readonly rows: number[]; readonly labels: readonly string[] } {
  const store = createSampleStore(size, 1, seed);
  store.addColumn();
  store.addColumn();
  for (let i = 0; i < 30_000; i++) store.add([`text ${i}`, labelOf(i)], i + 2);
  const { rowNumbers, columns, rowsSeen } = store.finish();
  expect(rowsSeen).toBe(30_000);
  columns[0]?.forEach((text, r) => expect(text).toBe(`text ${(rowNumbers[r] ?? 0) - 2}`));
  return { rows: [...rowNumbers], labels: columns[1] ?? [] };
}

describe('createSampleStore', () => {
  it('gives each class its share, and small ones some rows, also where the file is sorted by label', () => {
    const { rows, labels } = sample(300, 1);
    const count = (label: string): number => labels.filter((one) => one === label).length;
    expect([count('a'), count('b'), count('c')]).toEqual([200, 100, 20]);
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
  });

  it('is the same for the same seed, and draws from everywhere', () => {
    expect(sample(300, 1)).toEqual(sample(300, 1));
    expect(sample(300, 1).rows).not.toEqual(sample(300, 2).rows);
    const inFirstHalf = sample(300, 3).rows.filter((row) => row < 10_000).length;
    expect(inFirstHalf).toBeGreaterThan(75);
    expect(inFirstHalf).toBeLessThan(125);
  });

  it('takes all rows of a smaller file', () => {
    expect(strataSizes([5, 3], 100)).toEqual([5, 3]);
    expect(strataSizes([1000, 3], 100)).toEqual([100, 3]);
  });
});

describe('a sample of a file', () => {
  it('finds the label column by itself', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `${i},a sentence number ${i},${labelOf(i)}`);
    const dataset = await openBytes(['id,text,label', ...lines].join('\n'), 'big.csv', { sampleRows: 3000 });
    expect(dataset.summary).toMatchObject({ sampledFrom: 30_000, rejectedRows: 0 });
    const labels = dataset.table.columns[2] ?? [];
    expect(labels.filter((label) => label === 'c')).toHaveLength(20);
    expect(labels.filter((label) => label === 'b')).toHaveLength(997);
    expect(dataset.notices.map(({ code }) => code)).toEqual(['sampled']);
  });
});
