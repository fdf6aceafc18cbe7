import { describe, expect, it } from 'vitest';
import { createRunClock } from './run-clock.ts';

describe('run clock', () => {
  it('leaves warm-up and gaps out of the estimate', () => {
    const clock = createRunClock(0);
    clock.step(32, 500, 4000);
    clock.step(32, 500, 6000);
    expect(clock.secondsLeft(10, 0)).toBeNull();
    let now = 6000;
    for (let i = 0; i < 4; i++) clock.step(32, 500, (now += 100));
    clock.step(32, 500, (now += 3_600_000));
    expect(clock.secondsLeft(10, 0)).toBeCloseTo(1);
    expect(clock.rates()).toEqual({ rowsPerSecond: 320, tokensPerSecond: 5000 });
  });

  it('adds the time of the evaluations to come, and does not count one as a step', () => {
    const clock = createRunClock(0);
    for (let i = 1; i <= 4; i++) clock.step(1, 1, i * 10);
    clock.evaluation(500, 540);
    clock.step(1, 1, 550);
    expect(clock.secondsLeft(100, 2)).toBeCloseTo(2);
  });
});
