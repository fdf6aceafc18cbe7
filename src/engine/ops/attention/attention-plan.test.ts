import { describe, expect, test } from 'vitest';
import { attentionThreads, forwardBlock, keyGradBlock, memoryBudget, planHead, queryGradBlock } from './attention-plan.ts';

/** WebGPU guarantees 16 KiB, most GPUs have 32. */
const DEVICES = [16384, 32768].flatMap((limit) => [false, true].map((lean) => [limit, lean] as const));
const HEAD_SIZES = [1, 2, 5, 8, 16, 24, 32, 40, 64, 80, 96, 128, 160, 256];

describe.each(DEVICES)('workgroup memory %i, lean %s', (limit, lean) => {
  test.each(HEAD_SIZES)('head size %i', (D) => {
    const plan = planHead({ H: 3 * D, heads: 3, threads: attentionThreads(D, lean) });
    const { columns, rows, threads, units } = plan;
    expect(columns * rows).toBe(threads);
    expect(units).toBeLessThanOrEqual(columns);
    expect(4 * units).toBeGreaterThanOrEqual(D);

    const budget = memoryBudget(limit, lean);
    const ofQueries = [forwardBlock(plan, budget), queryGradBlock(plan, budget)];
    for (const { queries, keys } of ofQueries) {
      expect(queries % rows).toBe(0);
      expect(threads % (keys / 4)).toBe(0);
    }
    const ofKeys = keyGradBlock(plan, budget);
    expect(ofKeys.keys).toBe(4 * rows);

    const head = 16 * columns;
    const [forward, queryGrad] = ofQueries;
    const bytes = [
      head * (forward!.queries + forward!.keys) + 6 * forward!.queries * forward!.keys,
      2 * head * (queryGrad!.queries + queryGrad!.keys) + 4 * queryGrad!.queries * queryGrad!.keys + 8 * queryGrad!.queries,
      2 * head * (ofKeys.queries + ofKeys.keys) + 8 * ofKeys.queries * ofKeys.keys,
    ];
    for (const size of bytes) expect(size).toBeLessThanOrEqual(limit);
  });
});

test('a head that no workgroup could hold is refused', () => {
  expect(() => attentionThreads(257, false)).toThrow('wider than 256');
});
