import { expect, test } from 'vitest';
import { packBatch } from './packing.ts';

const rows = { ids: Int32Array.of(2, 7, 3, 2, 8, 9, 3, 2, 3), offsets: Uint32Array.of(0, 3, 7, 9) };

test('rows end to end, in the order asked for', () => {
  const batch = packBatch(rows, [2, 0], 1);
  expect([...batch.ids]).toEqual([2, 3, 2, 7, 3]);
  expect([...batch.positions]).toEqual([0, 1, 0, 1, 2]);
  expect([...batch.types]).toEqual([0, 0, 0, 0, 0]);
  expect([...batch.offsets]).toEqual([0, 2, 5]);
  expect(batch.tokenCount).toBe(5);
});

test('T is rounded up, the tokens behind the last row belong to none', () => {
  const batch = packBatch(rows, [1, 0], 8);
  expect([...batch.ids]).toEqual([2, 8, 9, 3, 2, 7, 3, 0]);
  expect([...batch.positions]).toEqual([0, 1, 2, 3, 0, 1, 2, 0]);
  expect([...batch.offsets]).toEqual([0, 4, 7]);
  expect(batch.tokenCount).toBe(7);
  expect(packBatch(rows, [1, 1], 8).ids).toHaveLength(8);
});

test('a row that is not there, or is empty, is refused', () => {
  expect(() => packBatch(rows, [3], 1)).toThrow('row 3 of 3 has no tokens');
  expect(() => packBatch({ ids: rows.ids, offsets: Uint32Array.of(0, 3, 3) }, [1], 1)).toThrow('row 1 of 2 has no tokens');
});

test('token types turn to 1 where a row says so', () => {
  const batch = packBatch({ ...rows, typeOneFrom: Uint32Array.of(1, 4, 0) }, [1, 0, 2], 4);
  expect([...batch.types]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0]);
});
