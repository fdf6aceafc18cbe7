import { describe, expect, test } from 'vitest';
import { Problem } from '../../../lib/problem.ts';
import { createRandom } from '../../../lib/random.ts';
import { createMemory, Heap, type Block } from './heap.ts';
import { HEAP_START } from './memory-map.ts';

const PAGE = 65536;

function smallHeap(initial: number, maximum: number): Heap {
  return new Heap(new WebAssembly.Memory({ initial, maximum, shared: true }));
}

describe('heap', () => {
  test('blocks lie in the memory, on cache lines, and never overlap', () => {
    const heap = smallHeap(4, 4096);
    const random = createRandom(1);
    const live: Block[] = [];
    for (let step = 0; step < 5000; step++) {
      if (live.length > 0 && random.uniform() < 0.5) {
        const [block] = live.splice(random.below(live.length), 1);
        heap.free(block!);
      } else {
        const bytes = Math.floor(2 ** (random.uniform() * 18));
        const block = heap.allocate(bytes);
        expect(block.size).toBeGreaterThanOrEqual(bytes);
        live.push(block);
      }
      if (step % 100 === 0) {
        const sorted = [...live].sort((a, b) => a.address - b.address);
        let end = HEAP_START;
        for (const { address, size } of sorted) {
          expect(address).toBeGreaterThanOrEqual(end);
          expect(address % 64).toBe(0);
          end = address + size;
        }
        expect(end).toBeLessThanOrEqual(heap.bytesReserved);
      }
    }
    expect(heap.bytesUsed).toBe(live.reduce((sum, { size }) => sum + size, 0));
  });

  test('freed neighbours become one block again', () => {
    const heap = smallHeap(4, 4);
    const all = 3 * PAGE;
    const blocks = Array.from({ length: all / 1024 }, () => heap.allocate(1024));
    for (const i of [1, 0, 2]) for (let at = i; at < blocks.length; at += 3) heap.free(blocks[at]!);
    expect(heap.bytesUsed).toBe(0);
    expect(heap.allocate(all).address).toBe(HEAP_START);
  });

  test('a step that repeats does not make the memory larger', () => {
    const heap = smallHeap(4, 65536);
    const random = createRandom(2);
    const step = (tokens: number): void => {
      const blocks = [384, 1152, 1536, 1536, 384, 12].map((width) => heap.allocate(tokens * width * 4));
      const last = blocks.splice(2, 1);
      for (const block of blocks) heap.free(block);
      heap.free(last[0]!);
    };
    step(800);
    const reserved = heap.bytesReserved;
    for (let i = 0; i < 500; i++) step(300 + random.below(500));
    expect(heap.bytesReserved).toBe(reserved);
    expect(heap.bytesUsed).toBe(0);
  });

  test('growing keeps what was written, and old views see the same bytes', () => {
    const heap = smallHeap(2, 4096);
    const block = heap.allocate(1024);
    const view = new Float32Array(heap.buffer, block.address, 256);
    view.fill(7);
    heap.allocate(40 * PAGE);
    expect(heap.bytesReserved).toBeGreaterThan(40 * PAGE);
    expect(new Float32Array(heap.buffer, block.address, 256).every((value) => value === 7)).toBe(true);
    view[3] = 8;
    expect(new Float32Array(heap.buffer, block.address, 256)[3]).toBe(8);
  });

  test('out of memory is a problem that a person can act on, and leaves the heap as it was', () => {
    const heap = smallHeap(4, 16);
    const held = heap.allocate(2 * PAGE);
    const used = heap.bytesUsed;
    expect(() => heap.allocate(100 * PAGE)).toThrow(Problem);
    expect(() => heap.allocate(100 * PAGE)).toThrow(/CPU memory: expected room for 7 MiB more.*smaller batch size/s);
    expect(heap.bytesUsed).toBe(used);
    expect(heap.allocate(10 * PAGE).address).toBeGreaterThan(held.address);
  });

  test('freeing twice is a mistake of ours', () => {
    const heap = smallHeap(4, 16);
    const block = heap.allocate(64);
    heap.free(block);
    expect(() => heap.free(block)).toThrow('twice');
  });

  test('the memory may grow to gigabytes', () => {
    const { memory } = createMemory();
    expect(memory.grow(16384)).toBeGreaterThan(0);
    expect(memory.buffer.byteLength).toBeGreaterThan(2 ** 30);
  });
});
