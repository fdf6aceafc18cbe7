import { expect, test } from 'vitest';
import { batchesOf, epochOrder, stepsOf } from './sampler.ts';

test('an epoch has every row once, in an order that seed and epoch decide', () => {
  const order = epochOrder(1000, 7, 0);
  expect([...order].sort((a, b) => a - b)).toEqual([...order.keys()]);
  expect(epochOrder(1000, 7, 0)).toEqual(order);
  for (const other of [epochOrder(1000, 7, 1), epochOrder(1000, 8, 0)]) {
    expect(other.filter((row, i) => row === order[i]).length).toBeLessThan(10); // one expected, by chance
  }
});

test('the last batch may be smaller', () => {
  const batches = batchesOf(Uint32Array.of(4, 2, 0, 3, 1), 2);
  expect(batches.map((batch) => [...batch])).toEqual([[4, 2], [0, 3], [1]]);
  expect(batchesOf(Uint32Array.of(1, 0), 32)).toHaveLength(1);
});

test('steps gather micro-batches, the last of an epoch fewer', () => {
  const steps = stepsOf(Uint32Array.of(4, 2, 0, 3, 1), 2, 2);
  expect(steps.map((batches) => batches.map((batch) => [...batch]))).toEqual([
    [
      [4, 2],
      [0, 3],
    ],
    [[1]],
  ]);
});
