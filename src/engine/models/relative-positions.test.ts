import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { relativePlaces, relativeSpan } from './relative-positions.ts';

interface Buckets {
  readonly position_buckets: number;
  readonly max_position: number;
  /** Of the distances 0, 1, ... */
  readonly buckets: readonly number[];
}

const FILE = new URL('../../../reference/fixtures/deberta-v2/relative-positions.json', import.meta.url);
const known = JSON.parse(readFileSync(FILE, 'utf8')) as readonly Buckets[];

describe("transformers' buckets", () => {
  test.each(known)('$position_buckets for $max_position positions', ({ position_buckets, max_position, buckets }) => {
    const config = { position_buckets, max_relative_positions: max_position, layer_norm: false };
    const reach = max_position - 1;
    const places = relativePlaces(config, reach);
    expect(places.length % 4).toBe(0);
    const span = relativeSpan(config);
    expect(span).toBe(position_buckets);
    const at = (distance: number): number => places[distance + reach]!;
    const clamped = (bucket: number): number => Math.min(Math.max(bucket + span, 0), 2 * span - 1);
    for (const [distance, bucket] of buckets.entries()) {
      expect([distance, at(distance), at(-distance)]).toEqual([distance, clamped(bucket), clamped(-bucket)]);
    }
    expect([...places.subarray(0, 2 * reach + 1)]).toEqual([...places.subarray(0, 2 * reach + 1)].sort((a, b) => a - b));
  });
});

test('without buckets each distance has its row, the farthest share the last', () => {
  const config = { position_buckets: 0, max_relative_positions: 3, layer_norm: false };
  expect(relativeSpan(config)).toBe(3);
  expect([...relativePlaces(config, 4)].slice(0, 9)).toEqual([0, 0, 1, 2, 3, 4, 5, 5, 5]);
});
