/** Column sums of a matrix of partial results in WGSL: the second, ordered half of every reduction over tokens. */
import { shader, type Shader } from '../backend/webgpu/shader.ts';

export const COLUMNS_PER_WORKGROUP = 32;
/** The rows are cut into this many runs, each added in order, then the runs in order. */
const RUNS = 8;

/** parts [R, columns] -> sums [columns]; R comes from the size of what is bound. Workgroups: columns / COLUMNS_PER_WORKGROUP. */
export function columnSumShader({ columns }: { columns: number }): Shader<'parts' | 'sums'> {
  return shader({
    label: `column sums ${columns}`,
    bindings: { parts: 'read array<f32>', sums: 'write array<f32>' },
    code: `
${columnRunsCode('parts', columns)}
@compute @workgroup_size(${COLUMNS_PER_WORKGROUP * RUNS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let column = workgroup.x * ${COLUMNS_PER_WORKGROUP}u + thread % ${COLUMNS_PER_WORKGROUP}u;
  let sum = column_sum(column, thread);
  if (thread < ${COLUMNS_PER_WORKGROUP}u && column < ${columns}u) { sums[column] = sum; }
}`,
  });
}

/** parts [R, 2, columns] -> first, second [columns]. Workgroups: 2·columns / COLUMNS_PER_WORKGROUP. */
export function columnSumPairShader({ columns }: { columns: number }): Shader<'parts' | 'first' | 'second'> {
  return shader({
    label: `column sums 2 x ${columns}`,
    bindings: { parts: 'read array<f32>', first: 'write array<f32>', second: 'write array<f32>' },
    code: `
${columnRunsCode('parts', 2 * columns)}
@compute @workgroup_size(${COLUMNS_PER_WORKGROUP * RUNS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let column = workgroup.x * ${COLUMNS_PER_WORKGROUP}u + thread % ${COLUMNS_PER_WORKGROUP}u;
  let sum = column_sum(column, thread);
  if (thread < ${COLUMNS_PER_WORKGROUP}u) {
    if (column < ${columns}u) { first[column] = sum; } else if (column < ${2 * columns}u) { second[column - ${columns}u] = sum; }
  }
}`,
  });
}

/** `fn column_sum(column, thread)`: right for the first COLUMNS_PER_WORKGROUP threads. */
function columnRunsCode(parts: string, columns: number): string {
  return `
var<workgroup> runs: array<f32, ${COLUMNS_PER_WORKGROUP * RUNS}>;
fn column_sum(column: u32, thread: u32) -> f32 {
  let rows = arrayLength(&${parts}) / ${columns}u;
  let rows_each = (rows + ${RUNS - 1}u) / ${RUNS}u;
  let run = thread / ${COLUMNS_PER_WORKGROUP}u;
  var sum = 0.0;
  if (column < ${columns}u) {
    for (var row = run * rows_each; row < min((run + 1u) * rows_each, rows); row++) { sum += ${parts}[row * ${columns}u + column]; }
  }
  runs[thread] = sum;
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < ${RUNS}u; i++) { total += runs[i * ${COLUMNS_PER_WORKGROUP}u + thread % ${COLUMNS_PER_WORKGROUP}u]; }
  return total;
}`;
}
