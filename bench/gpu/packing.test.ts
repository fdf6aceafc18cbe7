/** Packed batches meet replay: how many tokens are computed for each real one, and how many recordings that takes. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { LabelledRows } from '../../src/engine/train/arguments.ts';
import { createRandom } from '../../src/lib/random.ts';
import { countTapes } from './counted.ts';
import { readPublic } from './read-public.ts';
import { paddingOf, sampleRows } from './rows.ts';

/** 6,000 rows as long as IMDb's reviews are, cut at 256 tokens. */
function reviewRows(): LabelledRows {
  const random = createRandom(1);
  const offsets = new Uint32Array(6001);
  for (let row = 0; row < 6000; row++) {
    const length = Math.round(Math.exp(5.5 + 0.65 * random.normal()));
    offsets[row + 1] = offsets[row]! + Math.min(256, Math.max(10, length));
  }
  const labels = Int32Array.from({ length: 6000 }, (_, row) => row % 2);
  return { ids: new Int32Array(offsets[6000]!), offsets, targets: { kind: 'single', labels } };
}

let rows: LabelledRows;
beforeAll(async () => {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../scripts/make-sample.mjs', import.meta.url))]);
  rows = await sampleRows(readPublic, 1000);
});

test.each([
  [16, 1.1],
  [32, 1.1],
  [8, 1.1],
])('%i rows of the sample: at most %f tokens are computed for each real one', (batchSize, most) => {
  expect(paddingOf(rows, batchSize)).toBeLessThanOrEqual(most);
});

test.each<[string, number, () => LabelledRows]>([
  ['8 rows of the sample', 8, () => rows],
  ['16 rows of the sample', 16, () => rows],
  ['32 rows of the sample', 32, () => rows],
  ['16 reviews', 16, reviewRows],
])('500 shuffled batches of %s: few recordings in the memory of one', async (_, batchSize, rowsOf) => {
  const { tapes, recorded, bytes, largest } = await countTapes(rowsOf(), batchSize, 500);
  expect(recorded).toBeLessThanOrEqual(32);
  expect(tapes).toBe(recorded);
  expect(bytes).toBeLessThanOrEqual(Math.min(1.3 * largest, 1.1 * largest + 64 * 2 ** 20));
});
