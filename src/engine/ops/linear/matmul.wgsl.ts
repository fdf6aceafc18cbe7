/**
 * Matrix product C[M,N] = A·B in WGSL, f32 throughout: each workgroup computes a tile of C, staged through workgroup memory in
 * slices of the inner axis, each thread a block of it in registers. Both operands lie in memory as they are (either axis
 * contiguous), bound as vec4 where their contiguous size allows. What happens to a result before it is stored is the caller's.
 * Every sum over the inner axis is added in ascending order, whatever the tile.
 */
import { unroll } from '../../backend/webgpu/shader.ts';

/** The tile of a workgroup: M × N results in slices of `inner`, each thread `threadM` × `threadN` of them; all multiples of 4. */
export type Tile = {
  readonly m: number;
  readonly n: number;
  readonly inner: number;
  readonly threadM: number;
  readonly threadN: number;
};

/** Threads in a workgroup. */
export function tileThreads({ m, n, threadM, threadN }: Tile): number {
  return (m / threadM) * (n / threadN);
}

/** As in "64x64x16/8x8", for labels. */
export function describeTile({ m, n, inner, threadM, threadN }: Tile): string {
  return `${m}x${n}x${inner}/${threadM}x${threadN}`;
}

/** Where an operand's tile comes from. `outer` is M for A and N for B. */
export interface Operand {
  /** The binding. */
  readonly name: string;
  /** True if memory holds [outer, inner], false for [inner, outer]. */
  readonly innerContiguous: boolean;
  /** WGSL expressions (u32) for the number of rows in memory and the size of each. */
  readonly rows: string;
  readonly contiguous: string;
  /** Whether it is bound as vec4f, which needs rows of a multiple of 4. */
  readonly vec4: boolean;
}

/** WGSL: the number of rows of a matrix, from the size of what is bound. */
export function rowsOf(name: string, contiguous: string, vec4: boolean): string {
  return `(arrayLength(&${name})${vec4 ? ' * 4u' : ''} / ${contiguous})`;
}

/** `fn load_NAME(row, column)`: four neighbours of a row, zero outside the matrix. */
function loadCode({ name, rows, contiguous, vec4 }: Operand): string {
  const body = vec4
    ? `if (row < ${rows} && column < ${contiguous}) { return ${name}[(row * ${contiguous} + column) / 4u]; }
  return vec4f(0.0);`
    : `var four = vec4f(0.0);
  if (row < ${rows}) {
    for (var i = 0u; i < 4u; i++) {
      if (column + i < ${contiguous}) { four[i] = ${name}[row * ${contiguous} + column + i]; }
    }
  }
  return four;`;
  return `fn load_${name}(row: u32, column: u32) -> vec4f {\n  ${body}\n}`;
}

/** `fn stage_NAME(...)`: brings a slice of the operand's tile to workgroup memory as [inner][outer / 4] of vec4f along outer. */
function stageCode(operand: Operand, outerTile: number, tile: Tile): string {
  const threads = tileThreads(tile);
  const blocks = (outerTile / 4) * (tile.inner / 4);
  const { name } = operand;
  const store = (i: number, value: string): string =>
    `tile_${name}[(inner4 * 4u + ${i}u) * ${outerTile / 4}u + outer4] = ${value};`;
  const load = operand.innerContiguous
    ? `let inner4 = block % ${tile.inner / 4}u;
    let outer4 = block / ${tile.inner / 4}u;
    ${unroll(4, (i) => `let r${i} = load_${name}(outer_start + outer4 * 4u + ${i}u, inner_start + inner4 * 4u);`)}
    ${unroll(4, (i) => store(i, `vec4f(r0[${i}], r1[${i}], r2[${i}], r3[${i}])`))}`
    : `let outer4 = block % ${outerTile / 4}u;
    let inner4 = block / ${outerTile / 4}u;
    ${unroll(4, (i) => store(i, `load_${name}(inner_start + inner4 * 4u + ${i}u, outer_start + outer4 * 4u)`))}`;
  return `fn stage_${name}(outer_start: u32, inner_start: u32, thread: u32) {
  for (var block = thread; block < ${blocks}u; block += ${threads}u) {
    ${load}
  }
}`;
}

export interface MatmulCode {
  readonly a: Operand;
  readonly b: Operand;
  readonly tile: Tile;
  /** WGSL statements before the loop that define u32 `inner_begin`, `inner_end` (an unbaked tail is zero-filled by the loads). */
  readonly range: string;
  /** WGSL statements run after each slice is staged; may read tile_NAME. */
  readonly eachSlice?: string;
  /** WGSL functions `fn store(row: u32, column: u32, sum: vec4f)` and what it needs; columns column .. column+3. */
  readonly functions: string;
  /** WGSL statements at the end. */
  readonly finish?: string;
}

/** A whole entry point `main`; workgroups are [N / tile.n, M / tile.m, splits]. */
export function matmulCode({ a, b, tile, range, eachSlice = '', functions, finish = '' }: MatmulCode): string {
  const columns = tile.n / tile.threadN;
  const rows = tile.m / tile.threadM;
  const groupsM = tile.threadM / 4;
  const groupsN = tile.threadN / 4;
  const each = (line: (i: number, r: number, j: number) => string): string =>
    unroll(groupsM, (i) => unroll(4, (r) => unroll(groupsN, (j) => line(i, r, j))));
  return `
var<workgroup> tile_${a.name}: array<vec4f, ${(tile.inner * tile.m) / 4}>;
var<workgroup> tile_${b.name}: array<vec4f, ${(tile.inner * tile.n) / 4}>;
${loadCode(a)}
${loadCode(b)}
${stageCode(a, tile.m, tile)}
${stageCode(b, tile.n, tile)}
${functions}

@compute @workgroup_size(${tileThreads(tile)})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let thread_column = thread % ${columns}u;
  let thread_row = thread / ${columns}u;
  let row_start = workgroup.y * ${tile.m}u;
  let column_start = workgroup.x * ${tile.n}u;
  ${range}
  ${each((i, r, j) => `var sum_${i}_${r}_${j} = vec4f(0.0);`)}
  for (var inner = inner_begin; inner < inner_end; inner += ${tile.inner}u) {
    stage_${a.name}(row_start, inner, thread);
    stage_${b.name}(column_start, inner, thread);
    workgroupBarrier();
    ${eachSlice}
    for (var k = 0u; k < ${tile.inner}u; k++) {
      ${unroll(groupsM, (i) => `let a${i} = tile_${a.name}[k * ${tile.m / 4}u + thread_row + ${i * rows}u];`)}
      ${unroll(groupsN, (j) => `let b${j} = tile_${b.name}[k * ${tile.n / 4}u + thread_column + ${j * columns}u];`)}
      ${each((i, r, j) => `sum_${i}_${r}_${j} += a${i}[${r}] * b${j};`)}
    }
    workgroupBarrier();
  }
  ${each(
    (i, r, j) =>
      `store(row_start + (thread_row + ${i * rows}u) * 4u + ${r}u, column_start + (thread_column + ${j * columns}u) * 4u, sum_${i}_${r}_${j});`,
  )}
  ${finish}
}`;
}

/**
 * WGSL `fn put_NAME(base, row, column, four)`: writes four neighbours of a row of the [rows, contiguous] result that begins at element
 * `base` of what is bound; what lies outside is left out.
 */
export function putCode({ name, rows, contiguous, vec4 }: Omit<Operand, 'innerContiguous'>): string {
  const body = vec4
    ? `if (row < ${rows} && column < ${contiguous}) { ${name}[(base + row * ${contiguous} + column) / 4u] = four; }`
    : `if (row < ${rows}) {
    for (var i = 0u; i < 4u; i++) {
      if (column + i < ${contiguous}) { ${name}[base + row * ${contiguous} + column + i] = four[i]; }
    }
  }`;
  return `fn put_${name}(base: u32, row: u32, column: u32, four: vec4f) {\n  ${body}\n}`;
}
