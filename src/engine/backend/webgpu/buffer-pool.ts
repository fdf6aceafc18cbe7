/**
 * GPU buffers for tfjs's tensors, in place of tfjs's own `BufferManager`: labelled, counted, and trimmed. Packed batches bring
 * many sizes; tfjs would keep a free buffer of each for ever, here the least recently used ones go once more is allocated than
 * the run ever needed at a time. Small buffers may also be bound as uniforms.
 */
import { OutOfMemory } from '../hardware-failure.ts';
import { Allocations } from './allocations.ts';

/** Beyond the largest need so far, this much may lie around free: a quarter of it, and 64 MiB. */
const SLACK_RATIO = 0.25;
const SLACK_BYTES = 64 * 2 ** 20;
/** WebGPU's guaranteed size of a uniform binding. */
const MAX_UNIFORM_BYTES = 64 * 2 ** 10;

/** The part of tfjs's `BufferManager` that its backend and kernels call. */
export class BufferPool {
  numBytesUsed = 0;
  numBytesAllocated = 0;
  /** The most bytes that were in use at a time. */
  peakBytesUsed = 0;
  private readonly device: GPUDevice;
  private readonly allocations: Allocations;
  private readonly used = new Set<GPUBuffer>();
  /** By size and usage, the least recently released key first. */
  private readonly free = new Map<string, GPUBuffer[]>();
  private readonly releaseListeners = new Set<(buffer: GPUBuffer) => void>();

  constructor(device: GPUDevice, allocations = new Allocations(device)) {
    this.device = device;
    this.allocations = allocations;
  }

  /** A buffer of `size` bytes; its content is undefined. Throws a Problem when no buffer of this device can be so large. */
  acquireBuffer(size: number, usage: GPUBufferUsageFlags, mappedAtCreation = false, reuse = true): GPUBuffer {
    const wanted = withUniform(size, usage);
    const buffer = (reuse && this.takeFree(keyOf(size, wanted))) || this.create(size, wanted, mappedAtCreation);
    this.used.add(buffer);
    this.numBytesUsed += buffer.size;
    this.peakBytesUsed = Math.max(this.peakBytesUsed, this.numBytesUsed);
    return buffer;
  }

  /** Back to the free list, or destroyed. A buffer that is not in use (released with its pool) is ignored. */
  releaseBuffer(buffer: GPUBuffer, reuse = true): void {
    if (!this.used.delete(buffer)) return;
    this.numBytesUsed -= buffer.size;
    for (const listener of this.releaseListeners) listener(buffer);
    if (!reuse) {
      this.destroy(buffer);
      return;
    }
    const key = keyOf(buffer.size, buffer.usage);
    const list = this.free.get(key) ?? [];
    list.push(buffer);
    this.free.delete(key);
    this.free.set(key, list);
  }

  /** Calls back for each buffer that is given back from now on, before anything else can get it. Returns a function that ends it. */
  onRelease(listener: (buffer: GPUBuffer) => void): () => void {
    this.releaseListeners.add(listener);
    return () => this.releaseListeners.delete(listener);
  }

  getNumUsedBuffers(): number {
    return this.used.size;
  }

  getNumFreeBuffers(): number {
    let count = 0;
    for (const list of this.free.values()) count += list.length;
    return count;
  }

  /** Destroys all free buffers. */
  trim(): void {
    for (const list of this.free.values()) for (const buffer of list) this.destroy(buffer);
    this.free.clear();
  }

  dispose(): void {
    this.trim();
    for (const buffer of this.used) this.destroy(buffer);
    this.used.clear();
    this.numBytesUsed = 0;
  }

  private takeFree(key: string): GPUBuffer | undefined {
    const list = this.free.get(key);
    const buffer = list?.pop();
    if (list?.length === 0) this.free.delete(key);
    return buffer;
  }

  private create(size: number, usage: GPUBufferUsageFlags, mappedAtCreation: boolean): GPUBuffer {
    if (size > this.device.limits.maxBufferSize) {
      throw new OutOfMemory({
        where: 'GPU memory',
        expected: `tensors of at most ${mebibytes(this.device.limits.maxBufferSize)}, the largest buffer of this GPU`,
        found: `one of ${mebibytes(size)}`,
        fix: 'Choose a smaller batch size or model, or "CPU" under "Compute".',
      });
    }
    const need = Math.max(this.peakBytesUsed, this.numBytesUsed + size);
    this.evict(need * (1 + SLACK_RATIO) + SLACK_BYTES - size);
    const buffer = this.allocations.create({ label: `tensor of ${size} bytes`, size, usage, mappedAtCreation });
    this.numBytesAllocated += size;
    return buffer;
  }

  /** Destroys free buffers, oldest first, until at most `bytes` are allocated. */
  private evict(bytes: number): void {
    for (const [key, list] of this.free) {
      while (this.numBytesAllocated > bytes) {
        const buffer = list.pop();
        if (!buffer) break;
        this.destroy(buffer);
      }
      if (list.length > 0) return;
      this.free.delete(key);
    }
  }

  private destroy(buffer: GPUBuffer): void {
    buffer.destroy();
    this.numBytesAllocated -= buffer.size;
  }
}

/** Small tensors (dropout seeds, AdamW's numbers) may also be bound as uniforms, which the eight storage bindings do not count. */
function withUniform(size: number, usage: GPUBufferUsageFlags): GPUBufferUsageFlags {
  const small = size > 0 && size <= MAX_UNIFORM_BYTES && (usage & GPUBufferUsage.STORAGE) !== 0;
  return small ? usage | GPUBufferUsage.UNIFORM : usage;
}

function keyOf(size: number, usage: GPUBufferUsageFlags): string {
  return `${size} ${usage}`;
}

/** Bytes as "94 MiB", for messages. */
export function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20).toLocaleString('en-US')} MiB`;
}
