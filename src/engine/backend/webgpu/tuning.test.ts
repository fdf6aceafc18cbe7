import { engine } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { tileTableOf, useTileTable } from '../../ops/linear/tile-table.webgpu.ts';
import { SIZE_CLASSES, type TileTable } from '../../ops/linear/tiles.ts';
import type { TuningStore } from '../types.ts';
import type { GpuBackend } from './gpu-backend.ts';
import { installBackend } from './start.ts';
import { createCountingDevice } from './testing/counting-device.ts';
import { restoreTiles, tilesInfo, tuneBackend, TUNING_VERSION } from './tuning.ts';

function memoryStore(): TuningStore & { readonly kept: Map<string, unknown> } {
  const kept = new Map<string, unknown>();
  return {
    kept,
    read: async (key) => kept.get(key),
    write: async (key, value) => void kept.set(key, JSON.parse(JSON.stringify(value))),
  };
}

const choices = SIZE_CLASSES.map(() => ({ tile: '64x32x16', splitUntil: 256 }) as const);
const TABLE: TileTable = { forward: choices, inputGrad: choices, weightGrad: choices };

/** On the device that computes nothing, whose work always takes as long as the clock says. */
describe('tuning is kept', () => {
  let backend: GpuBackend;
  const start = async (changes: Partial<GPUAdapterInfo> = {}) => {
    const { device, info } = createCountingDevice();
    return (backend = await installBackend(device, Object.assign(info, changes)));
  };
  beforeAll(() => start());

  const quick = { tiles: ['64x64x16'], sizes: SIZE_CLASSES.map(() => ({ M: 8, N: 8, inner: 8 })) } as const;

  test('what was measured is used, and used again on the next visit', async () => {
    const store = memoryStore();
    expect(await restoreTiles(store)).toEqual({ kind: 'usual', text: 'chosen by size', tunable: true });
    let now = 0;
    const tuned = await tuneBackend(store, { ...quick, now: () => now++ });
    expect(tuned?.kind).toBe('tuned');
    expect([...store.kept.keys()]).toEqual(['counting counts only']);
    const table = tileTableOf(backend);
    await start();
    expect(tilesInfo()?.kind).toBe('usual');
    expect(await restoreTiles(store)).toEqual(tuned);
    expect(tileTableOf(backend)).toEqual(table);
  });

  test('another adapter, another version or something broken is not used', async () => {
    const kept = new Map<string, unknown>([['counting counts only', { version: TUNING_VERSION, table: TABLE }]]);
    const store: TuningStore = { read: async (key) => kept.get(key), write: async () => undefined };
    useTileTable(backend, null);
    expect((await restoreTiles(store))?.kind).toBe('tuned');
    await start({ architecture: 'other' });
    expect((await restoreTiles(store))?.kind).toBe('usual');
    await start();
    for (const value of [{ version: TUNING_VERSION + 1, table: TABLE }, { version: TUNING_VERSION, table: {} }, 'x', null]) {
      kept.set('counting counts only', value);
      expect((await restoreTiles(store))?.kind).toBe('usual');
    }
  });

  test('a store that fails costs nothing but the memory of it', async () => {
    const broken: TuningStore = {
      read: () => Promise.reject(new Error('private window')),
      write: () => Promise.reject(new Error('private window')),
    };
    expect((await restoreTiles(broken))?.kind).toBe('usual');
    let now = 0;
    expect((await tuneBackend(broken, { ...quick, now: () => now++ }))?.kind).toBe('tuned');
  });

  test('a software adapter is not tuned unless it is forced', async () => {
    await start({ isFallbackAdapter: true });
    const store = memoryStore();
    expect(await tuneBackend(store, quick)).toEqual({ kind: 'usual', text: 'chosen by size', tunable: false });
    expect(store.kept.size).toBe(0);
    let now = 0;
    expect((await tuneBackend(store, { ...quick, force: true, now: () => now++ }))?.kind).toBe('tuned');
    expect(engine().backend).toBe(backend);
  });
});
