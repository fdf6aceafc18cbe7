/** Moving columns in WGSL, a thread an element of the result. */
import { shader, WORKGROUP_INDEX, type Shader } from '../../backend/webgpu/shader.ts';

export const MOVE_COLUMNS_THREADS = 64;

/** y [T,width] of x [T,W]. Threads: T · width. */
export function moveColumnsShader({
  from,
  to,
  count,
  width,
  W,
}: {
  from: number;
  to: number;
  count: number;
  width: number;
  W: number;
}): Shader<'x' | 'y'> {
  return shader({
    label: `move columns ${from}..${from + count} of ${W}`,
    bindings: { x: 'read array<f32>', y: 'write array<f32>' },
    code: `${WORKGROUP_INDEX}
@compute @workgroup_size(${MOVE_COLUMNS_THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = workgroup_index(workgroup, count) * ${MOVE_COLUMNS_THREADS}u + thread;
  if (i >= arrayLength(&y)) { return; }
  let column = i % ${width}u;
  var value = 0.0;
  if (column >= ${to}u && column < ${to + count}u) { value = x[i / ${width}u * ${W}u + column - ${to}u + ${from}u]; }
  y[i] = value;
}`,
  });
}
