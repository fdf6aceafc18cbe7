import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countDistinct } from './distinct.ts';

const all = (): boolean => true;

describe('countDistinct', () => {
  it('counts as a Set does', () => {
    const cell = fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', 'a', '\0', '\0\0', 'aa'),
    );
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 200 }), (cells) => {
        expect(countDistinct(cells, all)).toBe(new Set(cells).size);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('counts many that are much alike', () => {
    const numbers = Array.from({ length: 300_000 }, (_, i) => String(i));
    expect(countDistinct(numbers, all)).toBe(300_000);
    expect(countDistinct([...numbers, ...numbers], all)).toBe(300_000);
    const rows = numbers.map((_, i) => `this is row ${i % 977}, with words that come again and ${(i * 7) % 5003} others`);
    expect(countDistinct(rows, all)).toBe(new Set(rows).size);
  });

  it('leaves out what is not to be counted', () => {
    expect(countDistinct(['a', ' ', '', 'b'], (cell) => cell.trim() !== '')).toBe(2);
  });
});
