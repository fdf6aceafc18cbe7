/** Taking rows in WGSL, a workgroup a row. Backward looks each row up among those taken, so nothing needs to be cleared first. */
import { floatArray, shader, WORKGROUP_INDEX, type Shader } from '../../backend/webgpu/shader.ts';

const THREADS = 64;

const MAIN = `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32)`;

/** y[i] = x[rows[i]]. Workgroups: B. */
export function takeRowsShader({ H }: { H: number }): Shader<'x' | 'rows' | 'y'> {
  const { array, units } = layout(H);
  return shader({
    label: `take rows H${H}`,
    bindings: { x: `read ${array}`, rows: 'read array<i32>', y: `write ${array}` },
    code: `${WORKGROUP_INDEX}
${MAIN} {
  let i = workgroup_index(workgroup, count);
  if (i >= arrayLength(&rows)) { return; }
  let row = u32(rows[i]);
  for (var unit = thread; unit < ${units}u; unit += ${THREADS}u) { y[i * ${units}u + unit] = x[row * ${units}u + unit]; }
}`,
  });
}

/** dx[t] = dy[i] where rows[i] = t, else 0. Workgroups: T. */
export function takeRowsGradShader({ H }: { H: number }): Shader<'dy' | 'rows' | 'dx'> {
  const { array, units, type } = layout(H);
  return shader({
    label: `take rows backward H${H}`,
    bindings: { dy: `read ${array}`, rows: 'read array<i32>', dx: `write ${array}` },
    code: `${WORKGROUP_INDEX}
${MAIN} {
  let row = workgroup_index(workgroup, count);
  if (row >= arrayLength(&dx) / ${units}u) { return; }
  let taken = arrayLength(&rows);
  var source = taken;
  for (var i = 0u; i < taken; i++) { if (u32(rows[i]) == row) { source = i; } }
  for (var unit = thread; unit < ${units}u; unit += ${THREADS}u) {
    var value = ${type}(0.0);
    if (source < taken) { value = dy[source * ${units}u + unit]; }
    dx[row * ${units}u + unit] = value;
  }
}`,
  });
}

function layout(H: number) {
  const vec4 = H % 4 === 0;
  return { array: floatArray(vec4), units: vec4 ? H / 4 : H, type: vec4 ? 'vec4f' : 'f32' };
}
