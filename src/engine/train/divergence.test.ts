import { expect, test } from 'vitest';
import { createRandom } from '../../lib/random.ts';
import { createDivergenceCheck } from './divergence.ts';

/** The first step, from 1, that is called diverging; 0: none. */
function divergesAt(losses: readonly number[], classCount = 2): number {
  const diverges = createDivergenceCheck(classCount);
  return losses.findIndex((loss) => diverges(loss)) + 1;
}

const random = createRandom(4);
const falling = Array.from({ length: 300 }, (_, i) => 0.7 * Math.exp(-i / 60) + 0.02 + 0.1 * random.uniform());

test('a falling loss, a hard batch, a flat one and a few bad first steps are no divergence', () => {
  expect(divergesAt(falling)).toBe(0);
  expect(divergesAt([...falling.slice(0, 250), 6, ...falling.slice(251)])).toBe(0);
  expect(divergesAt(new Array<number>(200).fill(0.69))).toBe(0);
  expect(divergesAt([9, 8, 5, 3, ...falling])).toBe(0);
});

test('a loss that leaps and stays, or grows without end, is one within a few steps', () => {
  const leaps = divergesAt([...falling.slice(0, 100), ...new Array<number>(50).fill(4)]);
  expect(leaps).toBeGreaterThan(101);
  expect(leaps).toBeLessThan(112);
  expect(divergesAt([...falling.slice(0, 40), ...Array.from({ length: 60 }, (_, i) => 1.2 ** i)])).toBeGreaterThan(40);
});

test('what is far off among two classes is guessing among a hundred', () => {
  const losses = [...new Array<number>(60).fill(0.5), ...new Array<number>(60).fill(4.5)];
  expect(divergesAt(losses, 2)).toBeGreaterThan(60);
  expect(divergesAt(losses, 100)).toBe(0);
});
