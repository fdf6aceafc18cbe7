import { describe, expect, test } from 'vitest';
import { createRandom } from '../../lib/random.ts';
import { createDivergenceCheck } from './divergence.ts';
import { guessingLoss } from './guessing-loss.ts';

/** The first step, from 1, that is called diverging; 0: none. */
function divergesAt(losses: readonly number[], guessing = Math.LN2): number {
  const { diverges } = createDivergenceCheck(guessing);
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
  expect(divergesAt(losses)).toBeGreaterThan(60);
  expect(divergesAt(losses, Math.log(100))).toBe(0);
});

describe('the loss of guessing', () => {
  /** torch.nn.functional.binary_cross_entropy_with_logits of zeros, for the flags below, by hand: ln 2 times the mean of the weights. */
  const flags = { kind: 'multi', labels: Uint8Array.of(1, 0, 0, 1, 0, 0, 0, 0) } as const;

  test('is ln C where a text has one class', () => {
    expect(guessingLoss({ kind: 'single', labels: Int32Array.of(0, 1, 11) }, 12)).toBe(Math.log(12));
  });

  test('is ln 2 where it may have several, however many there are: a run that leaps to 3 among a hundred classes diverges', () => {
    expect(guessingLoss({ kind: 'multi', labels: new Uint8Array(300) }, 100)).toBe(Math.LN2);
    const leaps = [...new Array<number>(60).fill(0.2), ...new Array<number>(60).fill(3)];
    expect(divergesAt(leaps, guessingLoss({ kind: 'multi', labels: new Uint8Array(300) }, 100))).toBeGreaterThan(60);
    expect(divergesAt(leaps, Math.log(100))).toBe(0);
  });

  test('counts the weights of the positives', () => {
    expect(guessingLoss(flags, 2, Float32Array.of(3, 5))).toBeCloseTo((Math.LN2 * (3 + 5 + 6)) / 8, 12);
  });
});
