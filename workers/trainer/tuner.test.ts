import { expect, test } from 'vitest';
import type { ComputeInfo, TilesInfo } from '../../src/engine/backend/types.ts';
import { createTuner, type Tune } from './tuner.ts';

const USUAL: TilesInfo = { kind: 'usual', text: 'chosen by size', tunable: true };
const TUNED: TilesInfo = { kind: 'tuned', text: 'forward 64x64x16', tunable: true };
const compute = (tiles?: TilesInfo): ComputeInfo => ({
  backend: 'webgpu',
  title: 'WebGPU',
  reason: '',
  threads: null,
  ...(tiles && { tiles }),
});

/** Tunings that end when they are told to, or by their signal. */
function tunings() {
  const begun: { readonly signal: AbortSignal; readonly finish: () => void; readonly progress: boolean }[] = [];
  const tune: Tune = ({ signal, onProgress }) =>
    new Promise((resolve, reject) => {
      begun.push({ signal, finish: () => resolve(TUNED), progress: onProgress !== undefined });
      signal.addEventListener('abort', () => setTimeout(() => reject(signal.reason as Error)));
    });
  return { begun, tune };
}

test('begins in the background only where it pays, and tells what was found', async () => {
  const { begun, tune } = tunings();
  const found: TilesInfo[] = [];
  const tuner = createTuner(tune, (tiles) => found.push(tiles));
  tuner.begin(compute());
  tuner.begin(compute(TUNED));
  tuner.begin(compute({ ...USUAL, tunable: false }));
  expect(begun).toEqual([]);
  tuner.begin(compute(USUAL));
  begun[0]!.finish();
  await tuner.cancel();
  expect(found).toEqual([TUNED]);
});

test('a run waits until the GPU is free of it, and nothing is found then', async () => {
  const { begun, tune } = tunings();
  const found: TilesInfo[] = [];
  const tuner = createTuner(tune, (tiles) => found.push(tiles));
  tuner.begin(compute(USUAL));
  await tuner.cancel();
  expect(begun[0]!.signal.aborted).toBe(true);
  expect(found).toEqual([]);
});

test('who asks takes the place of the background, and hears when a run does so', async () => {
  const { begun, tune } = tunings();
  const tuner = createTuner(tune, () => undefined);
  tuner.begin(compute(USUAL));
  const asked = tuner.ask(() => undefined);
  await expect.poll(() => begun.length).toBe(2);
  expect([begun[0]!.signal.aborted, begun[1]!.progress]).toEqual([true, true]);
  const refused = expect(asked).rejects.toThrow(/a run, or a change of hardware, that began\. Tune again when the run has ended/);
  await tuner.cancel();
  await refused;
  const again = tuner.ask(() => undefined);
  await expect.poll(() => begun.length).toBe(3);
  begun[2]!.finish();
  expect(await again).toEqual(TUNED);
});
