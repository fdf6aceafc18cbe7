/**
 * Embeddings in WGSL. Forward: a sum of three gathered rows. Backward, without atomics: tokens are sorted by their index (each
 * counts how many come before it, which is stable), then for each index that occurs one workgroup adds its tokens' rows in
 * order. A table of a few rows (token types), where each row has very many tokens, is summed by runs of tokens instead.
 */
import { floatArray, shader, unroll, WORKGROUP_INDEX, type Shader } from '../../backend/webgpu/shader.ts';
import { elementwiseCut } from '../elementwise.wgsl.ts';

const THREADS = 64;

const MAIN = (threads = THREADS): string => `
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32)`;

function layout(H: number) {
  const vec4 = H % 4 === 0;
  return { array: floatArray(vec4), units: vec4 ? H / 4 : H, type: vec4 ? 'vec4f' : 'f32' };
}

/** out [T,H], a workgroup a token. Workgroups: T. The table of words may be cut: each part does the tokens whose words it has. */
export function embeddingsShader({
  H,
}: {
  H: number;
}): Shader<'ids' | 'positions' | 'types' | 'word' | 'position' | 'kind' | 'out' | 'first'> {
  const { array, units } = layout(H);
  return shader({
    label: `embeddings H${H}`,
    bindings: {
      ids: 'read array<i32>',
      positions: 'read array<i32>',
      types: 'read array<i32>',
      word: `read ${array}`,
      position: `read ${array}`,
      kind: `read ${array}`,
      out: `write ${array}`,
      first: 'uniform vec4u',
    },
    cut: { rows: { word: H }, rowsPerWorkgroup: null, first: 'first' },
    code: `${WORKGROUP_INDEX}
${MAIN()} {
  let token = workgroup_index(workgroup, count);
  if (token >= arrayLength(&ids)) { return; }
  // A part of the table has the words of some tokens; below it this is very large.
  let row = u32(ids[token]) - first.x;
  if (row >= arrayLength(&word) / ${units}u) { return; }
  let id = row * ${units}u;
  let at = u32(positions[token]) * ${units}u;
  let as_kind = u32(types[token]) * ${units}u;
  for (var unit = thread; unit < ${units}u; unit += ${THREADS}u) {
    out[token * ${units}u + unit] = word[id + unit] + position[at + unit] + kind[as_kind + unit];
  }
}`,
  });
}

export const SORT_TOKENS_PER_WORKGROUP = THREADS;

/** order [T]: the tokens by ascending index, equal ones in token order. Each token's place is the count of those before it. */
export function sortTokensShader(): Shader<'indices' | 'order'> {
  return shader({
    label: 'sort tokens',
    bindings: { indices: 'read array<i32>', order: 'write array<i32>' },
    code: `${WORKGROUP_INDEX}
var<workgroup> others: array<i32, ${THREADS}>;
${MAIN()} {
  let tokens = arrayLength(&indices);
  let token = workgroup_index(workgroup, count) * ${THREADS}u + thread;
  let index = indices[min(token, tokens - 1u)];
  var before = 0u;
  for (var begin = 0u; begin < tokens; begin += ${THREADS}u) {
    others[thread] = indices[min(begin + thread, tokens - 1u)];
    workgroupBarrier();
    for (var i = 0u; i < min(${THREADS}u, tokens - begin); i++) {
      let other = others[i];
      before += select(0u, 1u, other < index || (other == index && begin + i < token));
    }
    workgroupBarrier();
  }
  if (token < tokens) { order[before] = i32(token); }
}`,
  });
}

/** table [rows,H] = 0, a unit a thread. */
export function clearShader({ vec4 }: { vec4: boolean }): Shader<'table'> {
  return shader({
    label: 'clear',
    bindings: { table: `write ${floatArray(vec4)}` },
    code: `${WORKGROUP_INDEX}
${MAIN()} {
  let i = workgroup_index(workgroup, count) * ${THREADS}u + thread;
  if (i < arrayLength(&table)) { table[i] = ${vec4 ? 'vec4f' : 'f32'}(0.0); }
}`,
    cut: elementwiseCut(['table'], CLEAR_UNITS_PER_WORKGROUP, vec4),
  });
}

export const CLEAR_UNITS_PER_WORKGROUP = THREADS;

/** table[indices[t]] = the sum of dy [T,H] over the tokens of that index; rows that do not occur stay. Workgroups: T. */
export function scatterSortedShader({ H }: { H: number }): Shader<'dy' | 'indices' | 'order' | 'table' | 'first'> {
  const { array, units, type } = layout(H);
  return shader({
    label: `embedding backward H${H}`,
    bindings: {
      dy: `read ${array}`,
      indices: 'read array<i32>',
      order: 'read array<i32>',
      table: `write ${array}`,
      first: 'uniform vec4u',
    },
    cut: { rows: { table: H }, rowsPerWorkgroup: null, first: 'first' },
    code: `${WORKGROUP_INDEX}
${MAIN()} {
  let tokens = arrayLength(&order);
  let begin = workgroup_index(workgroup, count);
  if (begin >= tokens) { return; }
  let index = indices[order[begin]];
  let row = u32(index) - first.x;
  if (row >= arrayLength(&table) / ${units}u) { return; }
  if (begin > 0u) {
    if (indices[order[begin - 1u]] == index) { return; }
  }
  var end = begin + 1u;
  while (end < tokens) {
    if (indices[order[end]] != index) { break; }
    end++;
  }
  for (var unit = thread; unit < ${units}u; unit += ${THREADS}u) {
    var sum = ${type}(0.0);
    for (var i = begin; i < end; i++) { sum += dy[u32(order[i]) * ${units}u + unit]; }
    table[row * ${units}u + unit] = sum;
  }
}`,
  });
}

export const FEW_ROWS_UNITS_PER_WORKGROUP = THREADS;

/**
 * For a table of a few rows: parts [runs, rows, H], the sums over an equal run of tokens each. Workgroups [H's units, runs, 1].
 */
export function scatterFewRowsShader({ H, rows }: { H: number; rows: number }): Shader<'dy' | 'indices' | 'parts'> {
  const { array, units, type } = layout(H);
  return shader({
    label: `embedding backward H${H}, ${rows} rows`,
    bindings: { dy: `read ${array}`, indices: 'read array<i32>', parts: `write ${array}` },
    code: `
${MAIN()} {
  let unit = workgroup.x * ${THREADS}u + thread;
  if (unit >= ${units}u) { return; }
  let tokens = arrayLength(&indices);
  let tokens_each = (tokens + count.y - 1u) / count.y;
  ${unroll(rows, (row) => `var sum_${row} = ${type}(0.0);`)}
  for (var token = workgroup.y * tokens_each; token < min((workgroup.y + 1u) * tokens_each, tokens); token++) {
    let d = dy[token * ${units}u + unit];
    switch indices[token] {
      ${unroll(rows, (row) => `case ${row}: { sum_${row} += d; }`)}
      default: {}
    }
  }
  ${unroll(rows, (row) => `parts[(workgroup.y * ${rows}u + ${row}u) * ${units}u + unit] = sum_${row};`)}
}`,
  });
}
