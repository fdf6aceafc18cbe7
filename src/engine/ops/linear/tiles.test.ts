import { describe, expect, test } from 'vitest';
import {
  describeTable,
  fitsDevice,
  readTable,
  SIZE_CLASSES,
  sizeClassOf,
  splitsOf,
  TILE_NAMES,
  TILES,
  untunedChoice,
  type TileTable,
} from './tiles.ts';

const LIMITS = { maxComputeWorkgroupStorageSize: 16384, maxComputeInvocationsPerWorkgroup: 256 };

describe('without a table', () => {
  test('BERT-base at 32 x 128 gets large tiles where they leave enough workgroups', () => {
    expect(untunedChoice(4096, 3072, false).tile).toBe('128x128x16');
    expect(untunedChoice(4096, 768, false).tile).toBe('64x64x16');
    expect(untunedChoice(32, 768, false).tile).toBe('32x32x16');
    expect(untunedChoice(4096, 3072, true).tile).toBe('32x32x8');
  });

  test('splits fill the GPU but keep 128 tokens each', () => {
    expect(splitsOf(768, 768, 4096, { tile: '64x64x16', splitUntil: 256 })).toBe(2);
    expect(splitsOf(2, 768, 32, { tile: '32x32x16', splitUntil: 256 })).toBe(1);
    expect(splitsOf(24, 24, 300, { tile: '32x32x16', splitUntil: 256 })).toBe(2);
    expect(splitsOf(24, 24, 300, { tile: '32x32x16', splitUntil: 0 })).toBe(1);
  });
});

describe('tiles', () => {
  test('each is whole: blocks of four, and a thread for each four of its rows', () => {
    for (const name of TILE_NAMES) {
      const { m, n, inner, threadM, threadN } = TILES[name];
      for (const size of [m, n, inner, threadM, threadN]) expect(size % 4).toBe(0);
      expect([m % threadM, n % threadN]).toEqual([0, 0]);
      expect((m / threadM) * (n / threadN)).toBeGreaterThanOrEqual(m / 4);
    }
  });

  test('all fit what WebGPU guarantees, and the large ones not a smaller device', () => {
    expect(TILE_NAMES.filter((name) => !fitsDevice(name, LIMITS))).toEqual([]);
    const small = { maxComputeWorkgroupStorageSize: 16384, maxComputeInvocationsPerWorkgroup: 128 };
    expect(fitsDevice('128x128x8', small)).toBe(false);
    expect(fitsDevice('128x64x16', small)).toBe(true);
    expect(fitsDevice('128x128x16', { ...LIMITS, maxComputeWorkgroupStorageSize: 16000 })).toBe(false);
  });

  test('a product has the class of the nearest size', () => {
    expect(SIZE_CLASSES.map((results) => sizeClassOf(results, 1))).toEqual([0, 1, 2, 3]);
    expect([sizeClassOf(1, 1), sizeClassOf(32, 768), sizeClassOf(2048, 768), sizeClassOf(1e5, 1e5)]).toEqual([0, 0, 2, 3]);
  });
});

describe('a table that was kept', () => {
  const choices = SIZE_CLASSES.map((_, i) => ({ tile: TILE_NAMES[i]!, splitUntil: 256 }));
  const table: TileTable = {
    forward: choices,
    inputGrad: choices,
    weightGrad: choices.map((each) => ({ ...each, splitUntil: 0 })),
  };

  test('is read back', () => {
    expect(readTable(JSON.parse(JSON.stringify(table)), LIMITS)).toEqual(table);
    expect(describeTable(table)).toMatch(/^forward 128x128x16, 128x128x8, .*; weightGrad 128x128x16/);
  });

  test.each([
    ['nothing', null],
    ['text', 'x'],
    ['a form less', { ...table, forward: undefined }],
    ['a size less', { ...table, forward: choices.slice(1) }],
    ['a tile that there is no more', { ...table, forward: [...choices.slice(1), { tile: '7x7x7', splitUntil: 0 }] }],
    ['a split that is no number', { ...table, forward: [...choices.slice(1), { tile: '64x64x16', splitUntil: -1 }] }],
  ])('%s is none', (_, value) => {
    expect(readTable(value, LIMITS)).toBeNull();
  });

  test('one with a tile that the device cannot run is none', () => {
    expect(readTable(table, { ...LIMITS, maxComputeInvocationsPerWorkgroup: 64 })).toBeNull();
  });
});
