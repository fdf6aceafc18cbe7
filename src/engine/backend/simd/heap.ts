/**
 * The heap in the one WebAssembly memory: blocks for tensors, by two-level segregated fit (Masmano, Ripoll, Crespo, Real 2004).
 * Free neighbours are joined at once and a request takes a block of the first class in which one fits, both in constant time,
 * so batches of many sizes do not cut the memory to pieces, and a training step that repeats allocates nothing new.
 * The book-keeping is in JavaScript objects; the memory itself holds only values.
 */
import { Problem } from '../../../lib/problem.ts';
import { OutOfMemory } from '../hardware-failure.ts';
import { HEAP_START } from './memory-map.ts';

const PAGE = 65536;
/** Blocks begin on cache lines. */
const UNIT = 64;
/** Each power of two is cut into 2^3 classes. */
const CLASS_BITS = 3;
const CLASSES = 1 << CLASS_BITS;
const LEVELS = 28;
const OWN_CLASS_TRIES = 8;
/** Where the engine refuses to reserve 4 GiB of address space, less is asked for. */
const MAXIMUM_PAGES = [65536, 49152, 32768, 16384, 8192, 4096];
const INITIAL_PAGES = 256;

export interface Block {
  readonly address: number;
  /** Bytes, a multiple of 64. */
  size: number;
  free: boolean;
  /** Neighbours in memory. */
  before: Block | null;
  after: Block | null;
  /** Neighbours in the list of free blocks of its class. */
  previous: Block | null;
  next: Block | null;
}

/** A WebAssembly memory, and the bytes up to which it may grow. */
export interface BoundedMemory {
  readonly memory: WebAssembly.Memory;
  readonly bytesAtMost: number;
}

/** A shared memory as large as the engine allows. It needs no cross-origin isolation, only posting it to a thread does. */
export function createMemory(): BoundedMemory {
  let refusal: unknown;
  for (const maximum of MAXIMUM_PAGES) {
    try {
      const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared: true });
      return { memory, bytesAtMost: maximum * PAGE };
    } catch (error) {
      refusal = error;
    }
  }
  throw new Problem({
    where: 'CPU memory',
    expected: `room for ${(MAXIMUM_PAGES.at(-1)! * PAGE) / 2 ** 20} MiB`,
    found: `that the browser refuses it (${refusal instanceof Error ? refusal.message : String(refusal)})`,
    fix: 'Close other tabs, or use a 64-bit browser.',
  });
}

/** The class of a block of `units` (>= 1): its power of two and the three bits after the first. */
function classOf(units: number): number {
  if (units < CLASSES) return units;
  const level = 31 - Math.clz32(units);
  return ((level - CLASS_BITS + 1) << CLASS_BITS) + ((units >>> (level - CLASS_BITS)) & (CLASSES - 1));
}

/** The first class whose blocks all have at least `units`. */
function classThatFits(units: number): number {
  if (units < CLASSES) return units;
  const level = 31 - Math.clz32(units);
  return classOf(units + (1 << (level - CLASS_BITS)) - 1);
}

export class Heap {
  /** The current buffer; a new object after the memory has grown, over the same bytes. */
  buffer: ArrayBufferLike;
  private readonly memory: WebAssembly.Memory;
  private readonly heads: (Block | null)[] = new Array<Block | null>(LEVELS * CLASSES).fill(null);
  /** One bit a class that has free blocks, 32 classes a word. */
  private readonly occupied = new Uint32Array((LEVELS * CLASSES) / 32);
  private last: Block | null = null;
  private used = 0;

  /** The memory does not grow beyond this. */
  readonly bytesAtMost: number;

  constructor(memory: WebAssembly.Memory, bytesAtMost = 2 ** 32) {
    this.memory = memory;
    this.bytesAtMost = bytesAtMost;
    this.buffer = memory.buffer;
    this.addSpace(HEAP_START, this.buffer.byteLength - HEAP_START);
  }

  /** Bytes in blocks that are in use. */
  get bytesUsed(): number {
    return this.used;
  }

  /** Bytes of the memory. */
  get bytesReserved(): number {
    return this.buffer.byteLength;
  }

  /** A block of at least `bytes`, its content whatever was there. Throws a Problem when the memory cannot grow any more. */
  allocate(bytes: number): Block {
    const size = Math.max(UNIT, Math.ceil(bytes / UNIT) * UNIT);
    let block = this.findFree(size / UNIT);
    if (!block) {
      this.grow(size);
      block = this.findFree(size / UNIT) ?? this.last;
    }
    if (!block?.free || block.size < size) throw new Error(`the heap has grown and still has no block of ${size} bytes`);
    this.unlink(block);
    block.free = false;
    if (block.size > size) this.split(block, size);
    this.used += block.size;
    return block;
  }

  free(block: Block): void {
    if (block.free) throw new Error(`the block at ${block.address} was freed twice`);
    this.used -= block.size;
    block.free = true;
    let joined = block;
    if (joined.after?.free) {
      this.unlink(joined.after);
      this.join(joined);
    }
    if (joined.before?.free) {
      joined = joined.before;
      this.unlink(joined);
      this.join(joined);
    }
    this.link(joined);
  }

  private findFree(units: number): Block | null {
    // Blocks of the request's own class may be too small; a few are looked at, for what was freed is often wanted again.
    let candidate = this.heads[classOf(units)] ?? null;
    for (let i = 0; i < OWN_CLASS_TRIES && candidate; i++) {
      if (candidate.size >= units * UNIT) return candidate;
      candidate = candidate.next;
    }
    const fits = classThatFits(units);
    let word = fits >>> 5;
    let bits = (this.occupied[word] ?? 0) & (~0 << (fits & 31));
    while (bits === 0) {
      word++;
      if (word >= this.occupied.length) return null;
      bits = this.occupied[word] ?? 0;
    }
    return this.heads[(word << 5) + (31 - Math.clz32(bits & -bits))] ?? null;
  }

  /** Makes the memory so much larger that a block of `size` fits at its end; more than that (a quarter) where it can. */
  private grow(size: number): void {
    const atEnd = this.last?.free ? this.last.size : 0;
    const needed = Math.ceil((size - atEnd) / PAGE);
    const before = this.buffer.byteLength;
    const generous = Math.max(needed, Math.ceil(before / 4 / PAGE));
    if (!this.tryGrow(generous) && !this.tryGrow(needed)) {
      const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;
      throw new OutOfMemory({
        where: 'CPU memory',
        expected: `room for ${mebibytes(size)} more`,
        found: `${mebibytes(this.used)} in use and no more to be had`,
        fix: 'Use a smaller batch size, a smaller max length or a smaller model, or close other tabs.',
      });
    }
    this.buffer = this.memory.buffer;
    this.addSpace(before, this.buffer.byteLength - before);
  }

  private tryGrow(pages: number): boolean {
    try {
      this.memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }

  /** Appends free bytes at the end of the memory. */
  private addSpace(address: number, size: number): void {
    if (this.last?.free) {
      this.unlink(this.last);
      this.last.size += size;
    } else {
      const block: Block = { address, size, free: true, before: this.last, after: null, previous: null, next: null };
      if (this.last) this.last.after = block;
      this.last = block;
    }
    this.link(this.last);
  }

  /** Cuts a block that is in no list; what is left becomes free. */
  private split(block: Block, size: number): void {
    const rest: Block = {
      address: block.address + size,
      size: block.size - size,
      free: true,
      before: block,
      after: block.after,
      previous: null,
      next: null,
    };
    if (block.after) block.after.before = rest;
    else this.last = rest;
    block.after = rest;
    block.size = size;
    this.link(rest);
  }

  /** Takes the block after this one into it; both are in no list. */
  private join(block: Block): void {
    const { after } = block;
    if (!after) return;
    block.size += after.size;
    block.after = after.after;
    if (after.after) after.after.before = block;
    else this.last = block;
  }

  private link(block: Block): void {
    const place = classOf(block.size / UNIT);
    const head = this.heads[place] ?? null;
    block.previous = null;
    block.next = head;
    if (head) head.previous = block;
    this.heads[place] = block;
    this.occupied[place >>> 5]! |= 1 << (place & 31);
  }

  private unlink(block: Block): void {
    const place = classOf(block.size / UNIT);
    if (block.previous) block.previous.next = block.next;
    else {
      this.heads[place] = block.next;
      if (!block.next) this.occupied[place >>> 5]! &= ~(1 << (place & 31));
    }
    if (block.next) block.next.previous = block.previous;
    block.previous = null;
    block.next = null;
  }
}
