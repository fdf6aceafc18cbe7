import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BufferPool } from './buffer-pool.ts';

const USAGE = { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, UNIFORM: 64, STORAGE: 128 };
const TENSOR = USAGE.STORAGE | USAGE.COPY_SRC | USAGE.COPY_DST;
const MiB = 2 ** 20;

/** A device that makes buffers out of nothing and counts those alive. */
function fakeDevice(maxBufferSize = 1024 * MiB) {
  const alive = new Set<object>();
  const device = {
    limits: { maxBufferSize },
    pushErrorScope: () => undefined,
    popErrorScope: () => Promise.resolve(null),
    createBuffer: ({ size, usage }: { size: number; usage: number }) => {
      const buffer = { size, usage, destroy: () => alive.delete(buffer) };
      alive.add(buffer);
      return buffer;
    },
  };
  return { device: device as unknown as GPUDevice, alive };
}

describe('buffer pool', () => {
  beforeEach(() => vi.stubGlobal('GPUBufferUsage', USAGE));
  afterEach(() => vi.unstubAllGlobals());

  test('a released buffer serves the next tensor of its size', () => {
    const { device, alive } = fakeDevice();
    const pool = new BufferPool(device);
    const first = pool.acquireBuffer(4096, TENSOR);
    pool.releaseBuffer(first);
    expect(pool.acquireBuffer(4096, TENSOR)).toBe(first);
    expect(pool.acquireBuffer(4096, TENSOR)).not.toBe(first);
    expect(alive.size).toBe(2);
    expect([pool.numBytesUsed, pool.numBytesAllocated, pool.getNumUsedBuffers()]).toEqual([8192, 8192, 2]);
  });

  test('many sizes one after another do not pile up', () => {
    const { device } = fakeDevice();
    const pool = new BufferPool(device);
    for (let i = 0; i < 500; i++) {
      const batch = Array.from({ length: 4 }, (_, j) => pool.acquireBuffer(10 * MiB + 256 * i + j * MiB, TENSOR));
      for (const buffer of batch) pool.releaseBuffer(buffer);
    }
    expect(pool.numBytesUsed).toBe(0);
    expect(pool.peakBytesUsed).toBeLessThan(47 * MiB);
    expect(pool.numBytesAllocated).toBeLessThanOrEqual(pool.peakBytesUsed * 1.25 + 64 * MiB);
  });

  test('small tensors may be bound as uniforms, large ones and staging buffers not', () => {
    const pool = new BufferPool(fakeDevice().device);
    expect(pool.acquireBuffer(12, TENSOR).usage & USAGE.UNIFORM).toBe(USAGE.UNIFORM);
    expect(pool.acquireBuffer(MiB, TENSOR).usage & USAGE.UNIFORM).toBe(0);
    expect(pool.acquireBuffer(12, USAGE.MAP_READ | USAGE.COPY_DST).usage & USAGE.UNIFORM).toBe(0);
  });

  test('a tensor larger than any buffer may be is refused in words', () => {
    const pool = new BufferPool(fakeDevice(256 * MiB).device);
    expect(() => pool.acquireBuffer(257 * MiB, TENSOR)).toThrow(/at most 256 MiB.*found one of 257 MiB.*smaller batch size/);
    expect(pool.numBytesAllocated).toBe(0);
  });

  test('nothing is left after dispose, and a late release is ignored', () => {
    const { device, alive } = fakeDevice();
    const pool = new BufferPool(device);
    const used = pool.acquireBuffer(64, TENSOR);
    pool.releaseBuffer(pool.acquireBuffer(128, TENSOR));
    pool.dispose();
    pool.releaseBuffer(used);
    expect([alive.size, pool.numBytesUsed, pool.numBytesAllocated, pool.getNumFreeBuffers()]).toEqual([0, 0, 0, 0]);
  });
});
