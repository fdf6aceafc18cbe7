/** Sums and products element by element in WGSL, an element or vec4f a thread. */
import { floatArray, shader, WORKGROUP_INDEX, type Shader } from '../backend/webgpu/shader.ts';

export const ELEMENTWISE_THREADS = 256;

type Params = { readonly vec4: boolean };

function main(target: string, line: string): string {
  return `${WORKGROUP_INDEX}
@compute @workgroup_size(${ELEMENTWISE_THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = workgroup_index(workgroup, count) * ${ELEMENTWISE_THREADS}u + thread;
  if (i < arrayLength(&${target})) { ${line} }
}`;
}

/** sum += value. */
export function accumulateShader({ vec4 }: Params): Shader<'sum' | 'value'> {
  const array = floatArray(vec4);
  return shader({
    label: 'accumulate',
    bindings: { sum: `write ${array}`, value: `read ${array}` },
    code: main('sum', 'sum[i] += value[i];'),
  });
}

/** y = a + b. */
export function addShader({ vec4 }: Params): Shader<'a' | 'b' | 'y'> {
  const array = floatArray(vec4);
  return shader({
    label: 'add',
    bindings: { a: `read ${array}`, b: `read ${array}`, y: `write ${array}` },
    code: main('y', 'y[i] = a[i] + b[i];'),
  });
}

/** y = x · factor, one number. */
export function scaleShader({ vec4 }: Params): Shader<'x' | 'factor' | 'y'> {
  const array = floatArray(vec4);
  return shader({
    label: 'scale',
    bindings: { x: `read ${array}`, factor: 'uniform f32', y: `write ${array}` },
    code: main('y', 'y[i] = x[i] * factor;'),
  });
}
