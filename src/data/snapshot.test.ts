import { expect, it } from 'vitest';
import { readSnapshot, writeSnapshot } from './snapshot.ts';
import { openBytes } from './testing/open-bytes.ts';

const { signal } = new AbortController();

it('gives the same dataset again, to the last row number, remark and strange cell', async () => {
  const rows = Array.from(
    { length: 2345 },
    (_, i) => `"row ${i} \u2028 ""quoted""\nand a line \ud83d\ude00",${i % 3 ? 'yes' : 'no'}`,
  );
  const dataset = await openBytes(`text,label\n${rows.join('\n')}\nonly one field\n`, 'big.csv', { sampleRows: 1500 });
  expect(dataset.summary.sampledFrom).toBe(2345);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of writeSnapshot(dataset)) pieces.push(piece);
  expect(await readSnapshot(new Blob(pieces), signal)).toEqual(dataset);
  await expect(readSnapshot(new Blob(pieces.slice(0, 1)), signal)).rejects.toThrow('this version');
  await expect(readSnapshot(new Blob(['{}']), signal)).rejects.toThrow('this version');
});
