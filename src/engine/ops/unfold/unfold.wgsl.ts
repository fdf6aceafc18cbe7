/** Unfolding in WGSL, a workgroup a token. Each looks its row up among the offsets. */
import { shader, WORKGROUP_INDEX, type Shader } from '../../backend/webgpu/shader.ts';

const THREADS = 64;

/** `first` and `end` of the row of token t; both 0 where it is of none. */
const ROW = `
  var first = 0;
  var end = 0;
  for (var row = 0u; row + 1u < arrayLength(&offsets); row++) {
    if (offsets[row] <= t && t < offsets[row + 1u]) { first = offsets[row]; end = offsets[row + 1u]; }
  }`;

function unfoldMain(tokens: string, body: string): string {
  return `${WORKGROUP_INDEX}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let token = workgroup_index(workgroup, count);
  if (token >= ${tokens}) { return; }
  let t = i32(token);${ROW}
  ${body}
}`;
}

/** y [T, H·size] of x [T,H]. Workgroups: T. */
export function unfoldShader({ H, size }: { H: number; size: number }): Shader<'x' | 'offsets' | 'y'> {
  const body = `for (var i = thread; i < ${H * size}u; i += ${THREADS}u) {
    let neighbour = t + i32(i % ${size}u) - ${(size - 1) / 2};
    var value = 0.0;
    if (neighbour >= first && neighbour < end) { value = x[u32(neighbour) * ${H}u + i / ${size}u]; }
    y[token * ${H * size}u + i] = value;
  }`;
  return shader({
    label: `unfold H${H} size ${size}`,
    bindings: { x: 'read array<f32>', offsets: 'read array<i32>', y: 'write array<f32>' },
    code: unfoldMain(`arrayLength(&x) / ${H}u`, body),
  });
}

/** dx [T,H] of dy [T, H·size]. Workgroups: T. */
export function unfoldGradShader({ H, size }: { H: number; size: number }): Shader<'dy' | 'offsets' | 'dx'> {
  const body = `for (var h = thread; h < ${H}u; h += ${THREADS}u) {
    var sum = 0.0;
    for (var j = 0; j < ${size}; j++) {
      let source = t - j + ${(size - 1) / 2};
      if (source >= first && source < end) { sum += dy[(u32(source) * ${H}u + h) * ${size}u + u32(j)]; }
    }
    dx[token * ${H}u + h] = sum;
  }`;
  return shader({
    label: `unfold backward H${H} size ${size}`,
    bindings: { dy: 'read array<f32>', offsets: 'read array<i32>', dx: 'write array<f32>' },
    code: unfoldMain(`arrayLength(&dx) / ${H}u`, body),
  });
}
