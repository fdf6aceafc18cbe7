/**
 * What the three attention shaders share. A workgroup works on one block (of queries, or of keys) of one row and head, which it
 * finds from the row offsets: workgroups in x number the blocks of all rows one after another, those in y the heads. There are
 * floor(T / block) + B workgroups in x, enough for any rows; those beyond the last block take the tokens that belong to no row.
 */
import { unroll } from '../../backend/webgpu/shader.ts';
import type { HeadPlan } from './attention-plan.ts';

/** Blocks of x workgroups; see above. */
export function blockCount(T: number, B: number, block: number): number {
  return Math.floor(T / block) + B;
}

/**
 * WGSL: `find_block(number)` gives the row's first token, its end, and the block's first token; for a workgroup beyond the last
 * block, `row_end` is 0 and `begin` the first of the tokens that belong to no row which this workgroup clears.
 */
export function findBlockCode(block: number): string {
  return `
struct Block { row_begin: u32, row_end: u32, begin: u32 }
fn find_block(number: u32) -> Block {
  var left = number;
  let rows = arrayLength(&offsets) - 1u;
  var row_begin = u32(offsets[0]);
  for (var row = 0u; row < rows; row++) {
    let row_end = u32(offsets[row + 1u]);
    let blocks = (row_end - row_begin + ${block - 1}u) / ${block}u;
    if (left < blocks) { return Block(row_begin, row_end, row_begin + left * ${block}u); }
    left -= blocks;
    row_begin = row_end;
  }
  return Block(0u, 0u, row_begin + left * ${block}u);
}`;
}

/**
 * WGSL `fn load_NAME(token, begin, unit)`: vec4f `unit` of the columns that begin at `begin`, of a [T, width] tensor; zero beyond
 * the head.
 */
export function loadHeadCode(name: string, width: number, { D, units, vec4 }: HeadPlan): string {
  const body = vec4
    ? `if (unit >= ${units}u) { return vec4f(0.0); }
  return ${name}[(token * ${width}u + begin) / 4u + unit];`
    : `var four = vec4f(0.0);
  for (var i = 0u; i < 4u; i++) {
    if (unit * 4u + i < ${D}u) { four[i] = ${name}[token * ${width}u + begin + unit * 4u + i]; }
  }
  return four;`;
  return `fn load_${name}(token: u32, begin: u32, unit: u32) -> vec4f {\n  ${body}\n}`;
}

/** WGSL `fn put_NAME(token, begin, unit, four)`: the counterpart for a tensor that is written. */
export function putHeadCode(name: string, width: number, { D, units, vec4 }: HeadPlan): string {
  const body = vec4
    ? `if (unit < ${units}u) { ${name}[(token * ${width}u + begin) / 4u + unit] = four; }`
    : `for (var i = 0u; i < 4u; i++) {
    if (unit * 4u + i < ${D}u) { ${name}[token * ${width}u + begin + unit * 4u + i] = four[i]; }
  }`;
  return `fn put_${name}(token: u32, begin: u32, unit: u32, four: vec4f) {\n  ${body}\n}`;
}

/**
 * WGSL statements that fill the workgroup array `tile` ([count][columns] of vec4f) from tokens first .. first+count-1 of a
 * [T, width] tensor, zero from token `end` on.
 */
export function stageHead(
  tile: string,
  name: string,
  count: number,
  { columns, threads }: HeadPlan,
  first: string,
  end: string,
  begin: string,
): string {
  return `for (var i = thread; i < ${count * columns}u; i += ${threads}u) {
    let token = ${first} + i / ${columns}u;
    var four = vec4f(0.0);
    if (token < ${end}) { four = load_${name}(token, ${begin}, i % ${columns}u); }
    ${tile}[i] = four;
  }`;
}

/**
 * WGSL statements: scores of the queries `query(i)` (rows of workgroup array `queries`) with keys 4·key4 .. 4·key4+3 (rows of `keys`),
 * added to the vec4f `NAME_i`. Several pairs are computed in one walk along the head.
 */
export function scoresCode(
  { units, columns }: HeadPlan,
  count: number,
  pairs: readonly { readonly name: string; readonly queries: string; readonly keys: string }[],
): string {
  return `for (var unit = 0u; unit < ${units}u; unit++) {
    ${pairs
      .map(
        ({
          name,
          queries,
          keys,
        }) => `${unroll(4, (j) => `let ${name}_key${j} = ${keys}[(key4 * 4u + ${j}u) * ${columns}u + unit];`)}
    ${unroll(
      count,
      (i) => `let ${name}_query${i} = ${queries}[query_${i} * ${columns}u + unit];
    ${name}_${i} += vec4f(${[0, 1, 2, 3].map((j) => `dot(${name}_query${i}, ${name}_key${j})`).join(', ')});`,
    )}`,
      )
      .join('\n    ')}
  }`;
}

export function attentionMain({ threads }: HeadPlan): string {
  return `
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32)`;
}

/**
 * How threads share the scores of a block: thread (query, four keys) for `each` queries, `step` apart. `declare` defines key4 and
 * query_0, query_1, ...; `guard(i, statements)` keeps threads beyond the block from running them.
 */
export function shareScores({ threads }: HeadPlan, queries: number, keys4: number) {
  const step = threads / keys4;
  const each = Math.ceil(queries / step);
  const place = (i: number): string => `thread / ${keys4}u + ${i * step}u`;
  return {
    each,
    declare: `let key4 = thread % ${keys4}u;
  ${unroll(each, (i) => `let query_${i} = min(${place(i)}, ${queries - 1}u);`)}`,
    guard: (i: number, statements: string): string =>
      (i + 1) * step > queries ? `if (${place(i)} < ${queries}u) { ${statements} }` : statements,
  };
}
