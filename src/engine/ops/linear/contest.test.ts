import { expect, test } from 'vitest';
import { fastestWay } from './contest.ts';

/** Ways that take these milliseconds, one list entry a round (the last one again), on a clock that only they move. */
function clockwork(times: Readonly<Record<string, readonly number[]>>, wrong: readonly string[] = []) {
  let now = 0;
  const goes = new Map<string, number>();
  const asked: string[] = [];
  return {
    asked,
    goes,
    ways: Object.keys(times),
    time: async (way: string): Promise<number> => {
      const from = now;
      const go = goes.get(way) ?? 0;
      goes.set(way, go + 1);
      const list = times[way]!;
      now += list[Math.min(go, list.length - 1)]!;
      if (Number.isNaN(now)) throw new Error('the driver refused it');
      return now - from;
    },
    isRight: async (way: string): Promise<boolean> => {
      asked.push(way);
      return !wrong.includes(way);
    },
  };
}

test('the fastest wins, by its best round', async () => {
  const contest = clockwork({ usual: [10], slow: [14], noisy: [7, 4, 9], steady: [5] });
  expect(await fastestWay(contest)).toEqual({ winner: 'noisy', gain: 2.5, thrownOut: [] });
  expect(contest.asked).toEqual(['noisy']);
});

test('what is hopeless after a round is not timed again; the usual way always is', async () => {
  const contest = clockwork({ usual: [30], hopeless: [16], good: [10] });
  await fastestWay(contest);
  expect(Object.fromEntries(contest.goes)).toEqual({ usual: 3, hopeless: 1, good: 3 });
});

test('the usual way stays where nothing is clearly faster', async () => {
  const contest = clockwork({ usual: [10], other: [9.8] });
  expect(await fastestWay(contest)).toEqual({ winner: 'usual', gain: 1, thrownOut: [] });
  expect(contest.asked).toEqual([]);
});

test('one that computes something else is thrown out, and the next fastest wins', async () => {
  const contest = clockwork({ usual: [10], broken: [2], right: [2.5] }, ['broken']);
  expect(await fastestWay(contest)).toEqual({ winner: 'right', gain: 4, thrownOut: ['broken'] });
});

test('one that cannot be run is thrown out', async () => {
  const contest = clockwork({ usual: [10], right: [5] });
  const refusing = { ...contest, ways: ['usual', 'refused', 'right'] };
  const time = (way: string) => (way === 'refused' ? Promise.reject(new Error('no')) : contest.time(way));
  expect(await fastestWay({ ...refusing, time })).toEqual({ winner: 'right', gain: 2, thrownOut: ['refused'] });
  await expect(fastestWay({ ...refusing, ways: ['refused', 'right'], time })).rejects.toThrow('no');
});

test('an abort ends it at once', async () => {
  const stop = new AbortController();
  const contest = clockwork({ usual: [10], other: [5] });
  const time = (way: string) => {
    if (way === 'other') stop.abort(new Error('a run starts'));
    return contest.time(way);
  };
  await expect(fastestWay({ ...contest, time }, stop.signal)).rejects.toThrow('a run starts');
  expect(contest.goes.get('usual')).toBe(1);
});
