/**
 * How attention is cut for a GPU: threads along a head and along rows, and how many queries and keys a workgroup holds at a time.
 * Plain numbers, chosen from sizes and the device's limits; the shaders (*.wgsl.ts) are written for any of them.
 */

/** What the shaders are a function of; `threads` is the size of a workgroup. */
export type AttentionParams = {
  readonly H: number;
  readonly heads: number;
  readonly threads: number;
  readonly rate: number;
  readonly positions: PositionsPlan;
  readonly block: Block;
};

/** Relative positions: their places in vec4i (0: there are none), the largest distance, and the terms that scores have. */
export type PositionsPlan = { readonly units: number; readonly reach: number; readonly terms: number };

/** Queries and keys held at a time: one of them is the workgroup's own, the other comes in slices. */
export type Block = { readonly queries: number; readonly keys: number };

/** How the D columns of a head are held: as vec4f, padded with zeros to `columns` of them. */
export interface HeadPlan {
  readonly D: number;
  /** H = heads · D. */
  readonly H: number;
  readonly threads: number;
  /** vec4f that hold D. */
  readonly units: number;
  /** `units` rounded up to a power of two, at least 4: the threads side by side along a head. */
  readonly columns: number;
  /** Threads along rows. */
  readonly rows: number;
  /** Whether global memory can be read as vec4f. */
  readonly vec4: boolean;
}

const THREADS = 64;
/** See GpuBackend.lean: what counts there is the size of the workgroup memory, which is cleared by unrolled code. */
const LEAN_THREADS = 16;
/** Workgroup memory in bytes. More than this leaves too few workgroups on a core. */
const MEMORY_BUDGET = 20 * 1024;
const LEAN_MEMORY_BUDGET = 3584;
/** Bounds the rows that a workgroup takes, and with them its memory. */
const MIN_COLUMNS = 4;
/** The most queries that a thread accumulates values or gradients for, in registers. */
const MAX_QUERIES_PER_THREAD = 8;
const MAX_HEAD_SIZE = 4 * THREADS;

function columnsOf(D: number): number {
  if (D > MAX_HEAD_SIZE) throw new Error(`attention heads of ${D} are wider than ${MAX_HEAD_SIZE}`);
  return Math.max(MIN_COLUMNS, 2 ** Math.ceil(Math.log2(Math.ceil(D / 4))));
}

export function attentionThreads(D: number, lean: boolean): number {
  return Math.max(columnsOf(D), lean ? LEAN_THREADS : THREADS);
}

/** `limit` is the device's maxComputeWorkgroupStorageSize. */
export function memoryBudget(limit: number, lean: boolean): number {
  return Math.min(limit, lean ? LEAN_MEMORY_BUDGET : MEMORY_BUDGET);
}

export function planHead({ H, heads, threads }: Pick<AttentionParams, 'H' | 'heads' | 'threads'>): HeadPlan {
  const D = H / heads;
  const columns = columnsOf(D);
  return { D, H, threads, units: Math.ceil(D / 4), columns, rows: threads / columns, vec4: D % 4 === 0 };
}

/** Forward: a block of queries walks over slices of keys. */
export function forwardBlock(plan: HeadPlan, budget: number): Block {
  return largestBlock(
    queryBlocks(plan),
    budget,
    ({ queries, keys }) => 16 * plan.columns * (queries + keys) + 6 * queries * keys,
  );
}

/** dQ: a block of queries walks over slices of keys. */
export function queryGradBlock(plan: HeadPlan, budget: number): Block {
  return largestBlock(
    queryBlocks(plan),
    budget,
    ({ queries, keys }) => 32 * plan.columns * (queries + keys) + 4 * queries * keys + 8 * queries,
  );
}

/** dK and dV: a block of keys, four a thread, walks over slices of queries. */
export function keyGradBlock({ columns, rows }: HeadPlan, budget: number): Block {
  const blocks = [16, 8, 4, 2, 1].map((queries) => ({ queries, keys: 4 * rows }));
  return largestBlock(blocks, budget, ({ queries, keys }) => 32 * columns * (queries + keys) + 8 * queries * keys);
}

function queryBlocks({ rows }: HeadPlan): Block[] {
  const blocks = [32, 16, 8, 4, 2, 1].flatMap((queries) => [32, 16, 8, 4].map((keys) => ({ queries, keys })));
  return blocks.filter(({ queries }) => queries >= rows && queries <= MAX_QUERIES_PER_THREAD * rows);
}

/** The block with the most scores a slice within the budget, of equals the first; the smallest where nothing fits the budget. */
function largestBlock(blocks: readonly Block[], budget: number, bytes: (block: Block) => number): Block {
  const smallest = blocks.reduce((found, block) => (bytes(block) < bytes(found) ? block : found));
  return blocks
    .filter((block) => bytes(block) <= budget)
    .reduce((found, block) => (block.queries * block.keys > found.queries * found.keys ? block : found), smallest);
}
