import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planMemory, type Lifetime } from './memory-plan.ts';

const lifetime: fc.Arbitrary<Lifetime> = fc
  .record({ bytes: fc.integer({ min: 1, max: 1000 }), first: fc.nat(60), length: fc.nat(20) })
  .map(({ bytes, first, length }) => ({ bytes, first, last: first + length }));

test('tensors that are needed at one time have places of their own, large enough', () => {
  fc.assert(
    fc.property(
      fc.array(lifetime, { maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 1500 }), { maxLength: 5 }),
      (all, existing) => {
        const { placeOf, places } = planMemory(all, existing);
        expect(places.slice(0, existing.length)).toEqual(existing);
        for (const [i, a] of all.entries()) {
          expect(places[placeOf[i]!]).toBeGreaterThanOrEqual(a.bytes);
          for (const [j, b] of all.entries()) {
            if (i < j && placeOf[i] === placeOf[j]) expect(a.last < b.first || b.last < a.first).toBe(true);
          }
        }
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

test('a chain of layers needs two places, and a smaller one none beside them', () => {
  const chain = (bytes: number) => Array.from({ length: 10 }, (_, i) => ({ bytes, first: i, last: i + 1 }));
  const large = planMemory(chain(100));
  expect(large.places).toEqual([100, 100]);
  expect(planMemory(chain(60), large.places).places).toEqual([100, 100]);
});
